// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "endsession.h"

#include "work.h"

#include <QtCore/QFileInfo>

namespace Demo {

using namespace IpcPrims;

EndSession::EndSession(OtherEnd &otherEnd, RequestedBy requestedBy)
    : m_otherEnd(otherEnd)
    , m_requestedBy(requestedBy)
{
    connect(&otherEnd, &OtherEnd::sessionEnded, this, &EndSession::onSessionEnded);
    connect(&otherEnd, &OtherEnd::exited, this, &EndSession::onExited);
}

QString EndSession::name() const
{
    return QStringLiteral("shutdown");
}

QString EndSession::waitingFor() const
{
    return m_sessionEnded ? QStringLiteral("the process to exit")
                          : QStringLiteral("the session to end");
}

void EndSession::start()
{
    m_otherEnd.expectEnd();
    if (m_requestedBy == RequestedBy::Us) {
        m_otherEnd.peer()->close(QStringLiteral("the demo is over"));
        return;
    }
    const QJsonObject command = {{QStringLiteral("command"), QStringLiteral("shutdown")}};
    if (const Error error = m_otherEnd.peer()->sendJson(Channel::Command, command))
        Q_EMIT failed(error.message());
}

void EndSession::onSessionEnded(const Error &reason)
{
    const ErrorCode expected
            = m_requestedBy == RequestedBy::Us ? ErrorCode::NoError : ErrorCode::ShutdownRequested;
    if (reason.code() != expected) {
        Q_EMIT failed(QStringLiteral("the session ended out of order: %1").arg(reason.message()));
        return;
    }
    m_sessionEnded = true;
    finishIfComplete();
}

void EndSession::onExited(int exitCode)
{
    if (exitCode != 0) {
        Q_EMIT failed(QStringLiteral("the process ended with exit code %1").arg(exitCode));
        return;
    }
    m_exited = true;
    finishIfComplete();
}

void EndSession::finishIfComplete()
{
    if (!m_sessionEnded || !m_exited)
        return;
    m_otherEnd.server()->close();
    if (QFileInfo::exists(m_otherEnd.endpoint().path())) {
        Q_EMIT failed(QStringLiteral("%1 was left behind").arg(m_otherEnd.endpoint().path()));
        return;
    }
    Q_EMIT observed(
            name(),
            m_requestedBy == RequestedBy::Us
                    ? QStringLiteral("we asked, it acknowledged; exit code 0, socket gone")
                    : QStringLiteral("it asked, we acknowledged; exit code 0, socket gone"));
    Q_EMIT finished();
}

} // namespace Demo
