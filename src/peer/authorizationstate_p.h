// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/peercredentials.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

namespace IpcPrims {

/// The answer to one AuthorizationRequest.
struct AuthorizationAnswer
{
    quint64 client = 0; ///< Its number.
    Error refusal; ///< No error if it is let in.
    QList<quint16> channels;
};

/// What the copies of an AuthorizationRequest share.
class AuthorizationRequestState
{
    Q_DISABLE_COPY_MOVE(AuthorizationRequestState)

public:
    struct Facts
    {
        quint64 client = 0;
        QString peerId;
        QString peerName;
        std::optional<PeerCredentials> credentials;
        QList<quint16> requestedChannels;
        QList<quint16> negotiatedChannels;
    };

    /// \a deliver is called with the first answer, in the thread that it comes from.
    using Deliver = std::function<void(const AuthorizationAnswer &answer)>;
    AuthorizationRequestState(Facts itsFacts, std::optional<QByteArray> token, Deliver deliver);
    /// A client that was forgotten is refused.
    ~AuthorizationRequestState();

    std::optional<QByteArray> takeToken();
    void accept(const QList<quint16> &channels);
    void refuse(const QString &why);

    const Facts facts;

private:
    void answer(const Error &refusal, const QList<quint16> &channels);

    const Deliver m_deliver;
    std::atomic_flag m_isAnswered;
    std::mutex m_tokenMutex;
    std::optional<QByteArray> m_token;
};

} // namespace IpcPrims
