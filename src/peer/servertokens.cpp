// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Tokens that are hard to guess, and how to compare them.

#include <IpcPrims/server.h>

#include <QtCore/qrandom.h>

#include <array>

namespace IpcPrims {

QByteArray Server::makeToken()
{
    std::array<quint32, 8> random; // 32 bytes.
    QRandomGenerator::system()->fillRange(random.data(), qsizetype(random.size()));
    return QByteArray(reinterpret_cast<const char *>(random.data()), sizeof random)
            .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

bool Server::isSameToken(QByteArrayView given, QByteArrayView expected)
{
    if (expected.isEmpty())
        return false;
    // Whoever measures the time learns the length of what they have given, and nothing else:
    // neither where the first difference is nor the expected length. Volatile, so that no compiler
    // finds a shorter way.
    volatile unsigned difference = given.size() == expected.size() ? 0 : 1;
    qsizetype place = 0;
    for (const char byte : given) {
        difference = difference | unsigned(quint8(byte ^ expected[place]));
        place = (place + 1) * qsizetype(place + 1 != expected.size());
    }
    return difference == 0;
}

} // namespace IpcPrims
