// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/reply.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <optional>

namespace IpcPrims {

/*!
    The frame on ERROR that says that a request won't be answered: {"error":"…","request":n}.
    Other frames on ERROR, and those of other libraries, have no number.
*/
struct RequestFailure
{
    quint64 request = 0;
    QByteArray text;

    IPCPRIMS_AUTOTEST_EXPORT QByteArray toJson() const;
    /// What the side that asked is told.
    Reply toReply() const;
    IPCPRIMS_AUTOTEST_EXPORT static std::optional<RequestFailure> fromJson(QByteArrayView json);
};

} // namespace IpcPrims
