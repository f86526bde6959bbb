// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/authorizationrequest.h>

#include "peer/authorizationstate_p.h"

#include <utility>

namespace IpcPrims {

AuthorizationRequestState::AuthorizationRequestState(Facts itsFacts,
                                                     std::optional<QByteArray> token,
                                                     Deliver deliver)
    : facts(std::move(itsFacts))
    , m_deliver(std::move(deliver))
    , m_token(std::move(token))
{}

AuthorizationRequestState::~AuthorizationRequestState()
{
    refuse(QStringLiteral("it gave no answer"));
}

std::optional<QByteArray> AuthorizationRequestState::takeToken()
{
    const std::lock_guard lock(m_tokenMutex);
    return std::exchange(m_token, std::nullopt);
}

void AuthorizationRequestState::accept(const QList<quint16> &channels)
{
    answer({}, channels);
}

void AuthorizationRequestState::refuse(const QString &why)
{
    const QString text = QStringLiteral("the authorizer refused %1").arg(facts.peerId);
    answer(Error(ErrorCode::PermissionDenied,
                 why.isEmpty() ? text : text + QLatin1String(": ") + why),
           {});
}

void AuthorizationRequestState::answer(const Error &refusal, const QList<quint16> &channels)
{
    takeToken();
    if (!m_isAnswered.test_and_set())
        m_deliver({facts.client, refusal, channels});
}

AuthorizationRequest::AuthorizationRequest(std::shared_ptr<AuthorizationRequestState> state)
    : d(std::move(state))
{}

QString AuthorizationRequest::peerId() const
{
    return d ? d->facts.peerId : QString();
}

QString AuthorizationRequest::peerName() const
{
    return d ? d->facts.peerName : QString();
}

std::optional<PeerCredentials> AuthorizationRequest::credentials() const
{
    return d ? d->facts.credentials : std::nullopt;
}

QList<quint16> AuthorizationRequest::requestedChannels() const
{
    return d ? d->facts.requestedChannels : QList<quint16>();
}

QList<quint16> AuthorizationRequest::negotiatedChannels() const
{
    return d ? d->facts.negotiatedChannels : QList<quint16>();
}

std::optional<QByteArray> AuthorizationRequest::takeAuthToken() const
{
    return d ? d->takeToken() : std::nullopt;
}

// Whoever answers may thereby destroy this copy, so the state is held until that is done.

void AuthorizationRequest::accept() const
{
    accept(negotiatedChannels());
}

void AuthorizationRequest::accept(const QList<quint16> &channels) const
{
    if (const auto state = d)
        state->accept(channels);
}

void AuthorizationRequest::refuse(const QString &reason) const
{
    if (const auto state = d)
        state->refuse(reason);
}

} // namespace IpcPrims
