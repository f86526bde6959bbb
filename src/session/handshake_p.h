// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>

namespace IpcPrims {

/// "major.minor" of the handshake; both 0 to 65535.
struct IPCPRIMS_AUTOTEST_EXPORT ProtocolVersion
{
    quint16 major = 1;
    quint16 minor = 0;

    /// Reads the wire form: decimal numbers, leading zeros and a leading '+' allowed.
    static std::optional<ProtocolVersion> fromWire(QByteArrayView text);
    QByteArray toWire() const;

    /*!
        The protocol's rule, the reverse of the usual one: the same major version, and a client
        whose minor version is at least the server's.
    */
    static bool isCompatible(ProtocolVersion client, ProtocolVersion server)
    {
        return client.major == server.major && client.minor >= server.minor;
    }

    friend bool operator==(const ProtocolVersion &, const ProtocolVersion &) = default;
};

/// What a client says first. Members hold what was on the wire; nothing is judged but the form.
struct HandshakeRequest
{
    QByteArray protocol;
    QByteArray version;
    QList<quint16> channels;
    std::optional<QByteArray> authToken; ///< Decoded bytes, whatever the wire form was.
    QString peerName = {}; ///< This library's own; empty for none. See Peer::setName().
};

/// What a server answers.
struct HandshakeResponse
{
    QByteArray protocol;
    QByteArray version;
    QList<quint16> channels;
    QByteArray peerId;
    QString peerName = {}; ///< As in the request.
};

/// What this side brings to a handshake.
struct IPCPRIMS_AUTOTEST_EXPORT HandshakeTerms
{
    QByteArray protocol = QByteArrayLiteral("ipcprims");
    ProtocolVersion version;
    /// Requested by a client, supported by a server.
    QList<quint16> channels = defaultChannels();

    /// One list that all share until they change theirs.
    static const QList<quint16> &defaultChannels();
};

/*!
    Refuses a list with more than 256 entries or with channel 0, and removes duplicates, keeping
    the first of each. \a normalised may be the same list.
*/
IPCPRIMS_AUTOTEST_EXPORT Error normaliseChannels(const QList<quint16> &channels,
                                                 QList<quint16> *normalised);

/*!
    A client's judgement of its own token, for before it connects: 1 to 4096 bytes, UTF-8 if it goes
    out as a string, and a request that stays within the handshake's 16384 bytes however many
    channels are asked for.
*/
IPCPRIMS_AUTOTEST_EXPORT Error checkAuthToken(const QByteArray &token, TokenFormat format);

/// Writes the request in the members' order of the protocol.
IPCPRIMS_AUTOTEST_EXPORT QByteArray encodeRequest(const HandshakeRequest &request,
                                                  TokenFormat tokenFormat);
IPCPRIMS_AUTOTEST_EXPORT QByteArray encodeResponse(const HandshakeResponse &response);

/// Reads strictly; accepts all three wire forms of the token.
IPCPRIMS_AUTOTEST_EXPORT Error decodeRequest(QByteArrayView json, HandshakeRequest *request);
IPCPRIMS_AUTOTEST_EXPORT Error decodeResponse(QByteArrayView json, HandshakeResponse *response);

/*!
    The server's judgement of a decoded request, in the protocol's order: lengths, version form,
    token length, protocol name, version, channel list, overlap. On success \a channels holds the
    negotiated list, in the client's order.
*/
IPCPRIMS_AUTOTEST_EXPORT Error negotiate(const HandshakeRequest &request,
                                         const HandshakeTerms &server, QList<quint16> *channels);

/// The client's judgement of a decoded response to a request made with \a client.
IPCPRIMS_AUTOTEST_EXPORT Error checkResponse(const HandshakeResponse &response,
                                             const HandshakeTerms &client,
                                             QList<quint16> *channels);

} // namespace IpcPrims
