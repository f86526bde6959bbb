// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <memory>

namespace IpcPrims {

class RequestState;

/*!
    A request of the other side; see Peer::setRequestHandler(). Copies stand for the same request.
    Only the first reply() or fail() of any copy counts. If the last copy is destroyed without one,
    the request has failed.

    It may be kept, and answered from another thread. It may outlive its session and its peer; an
    answer then does nothing.
*/
class IPCPRIMS_CORE_EXPORT Request
{
public:
    /// No request; answering it does nothing.
    Request() = default;

    QByteArray payload() const;

    /// Its place among the requests of its session, counted from 1.
    quint64 number() const;

    /*!
        Answers with \a payload. A payload that can't be sent, because it is larger than
        MaxPayloadSize or refused by the peer's validator, makes the request fail instead.
    */
    void reply(const QByteArray &payload) const;

    /// Reports that there is no answer, with the first 1024 characters of \a text as the reason.
    /// How the other side is notified depends on Peer::setAnswersFailedRequests().
    void fail(const QString &text) const;

private:
    friend class Requests;
    explicit Request(std::shared_ptr<RequestState> state);

    std::shared_ptr<RequestState> d;
};

} // namespace IpcPrims
