// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <memory>

namespace IpcPrims {

/// What a peer is told about judging payloads; a server hands it on to its peers.
struct Validation
{
    std::shared_ptr<const PayloadValidator> validator;
    bool answersErrors = false;
};

/// Whether a frame may be sent in any session with its channel: its size and, if there is a
/// \a validator, its payload. Callable from any thread.
Error checkOutgoing(const PayloadValidator *validator, quint16 channel, const QByteArray &payload);

/// What the sender of a bad payload is told, on either side of the connection.
QString validationText(const PayloadValidator::Failure &failure);
/// The same as a frame on ERROR (protocol section 6).
QByteArray validationAnswer(const PayloadValidator::Failure &failure);

} // namespace IpcPrims
