// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "session/controlmessage_p.h"
#include "session/handshake_p.h"

#include <optional>

/// Sections 3.2 to 4 of the protocol once more, in the order of its text and with no thought of
/// speed: a second opinion for the fuzzers.
namespace PlainHandshake {

std::optional<IpcPrims::HandshakeRequest> readRequest(QByteArrayView json);
std::optional<IpcPrims::HandshakeResponse> readResponse(QByteArrayView json);
/// The type; empty if it is no control message.
std::optional<QByteArray> readControl(QByteArrayView json);

struct Verdict
{
    IpcPrims::ErrorCode error = IpcPrims::ErrorCode::NoError;
    QList<quint16> channels;

    bool operator==(const Verdict &) const = default;
};
/// What a server of version 1.\a minor with \a supported channels says to a request.
Verdict judgeRequest(const IpcPrims::HandshakeRequest &request, quint32 minor,
                     const QList<quint16> &supported);
/// What a client of version 1.\a minor that asked for \a requested says to a response.
Verdict judgeResponse(const IpcPrims::HandshakeResponse &response, quint32 minor,
                      const QList<quint16> &requested);

} // namespace PlainHandshake
