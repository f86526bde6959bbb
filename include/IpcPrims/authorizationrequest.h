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
    A client that asks to be accepted; see Server::setAuthorizer() and
    BlockingListener::setAuthorizer(). Copies stand for the same request. Only the first accept() or
    refuse() of any copy counts. If the last copy is destroyed without one, the client is refused.

    A request of a Server may be kept, and decided later in any thread; one of a BlockingListener
    has to be decided before its authorizer returns. It may outlive the client and the server; a
    late decision then does nothing. In the client's thread a decision is sent at once; the Server's
    signals follow from the event loop.
*/
class IPCPRIMS_CORE_EXPORT AuthorizationRequest
{
public:
    /// No request; answering it does nothing.
    AuthorizationRequest() = default;

    /// The name that the session will have.
    QString peerId() const;
    /// The client's own name, which proves nothing; see Peer::peerName().
    QString peerName() const;
    /// As Peer::credentials().
    std::optional<PeerCredentials> credentials() const;
    /// The channels that the client asked for, in its order.
    QList<quint16> requestedChannels() const;
    /// Those of them that the server has, which the client gets if it is accepted.
    QList<quint16> negotiatedChannels() const;

    /// The client's token. Only the first call returns it, also counting Peer::takeAuthToken(). It
    /// is dropped with the decision. Compare it with Server::isSameToken().
    std::optional<QByteArray> takeAuthToken() const;

    /// Accepts the client.
    void accept() const;
    /// As above, with only those of the negotiated channels that are in \a channels. If there are
    /// none the client is refused.
    void accept(const QList<quint16> &channels) const;

    /// Refuses the client: the connection is closed without a reply. \a reason is the text of the
    /// error, of code PermissionDenied, of Server::handshakeFailed() or of the error handler of the
    /// BlockingListener.
    void refuse(const QString &reason = QString()) const;

private:
    friend class BlockingListenerPrivate;
    friend class PeerGroup;
    explicit AuthorizationRequest(std::shared_ptr<AuthorizationRequestState> state);

    std::shared_ptr<AuthorizationRequestState> d;
};

} // namespace IpcPrims
