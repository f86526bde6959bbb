// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/peername_p.h"

#include "session/quotedexcerpt_p.h"

namespace IpcPrims {

QString boundedPeerName(const QString &name)
{
    if (name.size() <= MaxPeerNameLength)
        return name;
    const bool isCutInHalf = name[MaxPeerNameLength - 1].isHighSurrogate();
    return name.left(isCutInHalf ? MaxPeerNameLength - 1 : MaxPeerNameLength);
}

QString quotedSessionName(const QByteArray &peerId, const QString &peerName)
{
    const QString id = quotedExcerpt(QUtf8StringView(peerId));
    return peerName.isEmpty() ? id : QStringLiteral("%1 (%2)").arg(id, quotedExcerpt(peerName));
}

} // namespace IpcPrims
