// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/channelagreement_p.h"

#include <IpcPrims/protocol.h>

#include <QtCore/qstringlist.h>

namespace IpcPrims {

static QString reason(const ChannelAgreement &agreement, quint16 channel)
{
    if (agreement.own.contains(channel)) {
        return agreement.isClient ? QStringLiteral("not supported by peer: the server does not "
                                                   "offer it (setChannels()) or did not grant it")
                                  : QStringLiteral("not supported by peer: the client did not ask "
                                                   "for it (setRequestedChannels()), or it was not "
                                                   "granted");
    }
    return agreement.isClient ? QStringLiteral("was not requested by this side: see "
                                               "setRequestedChannels(), before connecting")
                              : QStringLiteral("is not offered by this side: see setChannels() of "
                                               "the server, before listening");
}

Error ChannelAgreement::unsupportedError(quint16 channel) const
{
    if (channel == Channel::Control)
        return controlChannelError();
    QStringList numbers;
    for (const quint16 one : negotiated)
        numbers.append(QString::number(one));
    return Error(ErrorCode::UnsupportedChannel,
                 QStringLiteral("channel %1 %2 (negotiated: %3)")
                         .arg(QString::number(channel), reason(*this, channel),
                              numbers.join(QLatin1String(", "))));
}

Error controlChannelError()
{
    return Error(ErrorCode::UnsupportedChannel,
                 QStringLiteral("channel 0 (CONTROL) belongs to the protocol itself"));
}

} // namespace IpcPrims
