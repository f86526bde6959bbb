// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>

#include <QtCore/qlist.h>

namespace IpcPrims {

/// How a session came by its channels; for those who want another one.
struct ChannelAgreement
{
    bool isClient = false;
    QList<quint16> own; ///< What this side asked for, or offered.
    QList<quint16> negotiated;

    /// Why a channel that isn't among the negotiated ones can't be used: which side left it out,
    /// and what is to be called for it.
    Error unsupportedError(quint16 channel) const;
};

/// The same for CONTROL, which is no application's in any session.
Error controlChannelError();

} // namespace IpcPrims
