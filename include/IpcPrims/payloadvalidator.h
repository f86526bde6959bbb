// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/validationerror.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>

namespace IpcPrims {

/*!
    Checks payloads before they are sent and after they were received, see Peer::setValidator().
    SchemaRegistry of IpcPrims::Schema is one; an application may have its own.

    Peers in several threads may share one, so check() may be called from several threads at once.
*/
class IPCPRIMS_CORE_EXPORT PayloadValidator
{
public:
    enum class Direction { Send, Receive };

    struct Failure
    {
        QString message; ///< For people, on both sides; contains the texts of the errors.
        QList<ValidationError> errors; ///< At least one.
    };

    PayloadValidator() = default;
    virtual ~PayloadValidator();

    /// Returns nothing if the payload is valid. Called inside Peer::send() and before a frame is
    /// delivered, so it must neither delete the peer nor run an event loop. If it ends the
    /// session, nothing is sent.
    virtual std::optional<Failure> check(quint16 channel, QByteArrayView payload,
                                         Direction direction) const = 0;

private:
    Q_DISABLE_COPY_MOVE(PayloadValidator)
};

} // namespace IpcPrims
