// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/peercredentials.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <memory>
#include <optional>

namespace IpcPrims {

class AuthorizationRequestState;

/*!
    A client that wants to be let in; see Server::setAuthorizer() and
    BlockingListener::setAuthorizer(). Copies are the same request. It is answered once: the first
    accept() or refuse() of any copy counts, later ones do nothing. When the last copy is destroyed
    without an answer, the client is refused.

    It may be handed to another thread and answered there, and be kept, if it comes from a Server;
    a BlockingListener takes no answer that comes after its authorizer has returned. It may outlive
    the client and the server: an answer that comes too late goes nowhere. In the client's own
    thread an answer leaves at once; a Server's signals follow from the event loop.
*/
class IPCPRIMS_CORE_EXPORT AuthorizationRequest
{
public:
    /// No request; answering it does nothing.
    AuthorizationRequest() = default;

    /// The name that the session will have.
    QString peerId() const;
    /// How the client calls itself, which proves nothing; see Peer::peerName().
    QString peerName() const;
    /// As Peer::credentials().
    std::optional<PeerCredentials> credentials() const;
    /// What the client asked for, as it wrote it.
    QList<quint16> requestedChannels() const;
    /// Those of them that the server has: what the client gets if it is accepted.
    QList<quint16> negotiatedChannels() const;

    /// The client's token, once: a second call finds nothing, nor does Peer::takeAuthToken() then.
    /// It is forgotten with the answer. Compare it in constant time.
    std::optional<QByteArray> takeAuthToken() const;

    /// Lets the client in.
    void accept() const;
    /// As above, with those of the negotiated channels that are in \a channels. None at all refuses
    /// the client.
    void accept(const QList<quint16> &channels) const;

    /// Turns the client away, which hears nothing but that the connection is closed. \a reason is
    /// for the error that Server::handshakeFailed() or the error handler of the BlockingListener
    /// tells, whose code is PermissionDenied.
    void refuse(const QString &reason = QString()) const;

private:
    friend class BlockingListenerPrivate;
    friend class PeerGroup;
    explicit AuthorizationRequest(std::shared_ptr<AuthorizationRequestState> state);

    std::shared_ptr<AuthorizationRequestState> d;
};

} // namespace IpcPrims
