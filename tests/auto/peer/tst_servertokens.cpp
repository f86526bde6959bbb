// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/handshake_p.h"

#include <IpcPrims/server.h>

#include <QtCore/qset.h>
#include <QtTest/qtest.h>

#include <array>
#include <cctype>

using namespace IpcPrims;

/// Server::makeToken() and Server::isSameToken().
class tst_ServerTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tokensFitEverywhere();
    void tokensDiffer();
    void onlyTheSameTokenIsTheSame();
    void emptyTokenIsNeverTheSame();
};

void tst_ServerTokens::tokensFitEverywhere()
{
    const QByteArray token = Server::makeToken();
    const QByteArray bytes = QByteArray::fromBase64(
            token, QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    QCOMPARE(bytes.size(), 32);
    for (const char one : token)
        QVERIFY(std::isalnum(one) || one == '-' || one == '_');
    for (const TokenFormat format :
         {TokenFormat::HexObject, TokenFormat::ByteArray, TokenFormat::String})
        QVERIFY(!checkAuthToken(token, format));
}

void tst_ServerTokens::tokensDiffer()
{
    QSet<QByteArray> tokens;
    std::array<int, 256> counts = {};
    for (int i = 0; i < 1000; ++i) {
        const QByteArray token = Server::makeToken();
        tokens.insert(token);
        const QByteArray bytes = QByteArray::fromBase64(token, QByteArray::Base64UrlEncoding);
        for (const char one : bytes)
            ++counts[quint8(one)];
    }
    QCOMPARE(tokens.size(), 1000);
    for (const int count : counts) // 125 of each value, on average.
        QVERIFY(count > 40 && count < 250);
}

void tst_ServerTokens::onlyTheSameTokenIsTheSame()
{
    QVERIFY(Server::isSameToken("secret", "secret"));
    QVERIFY(Server::isSameToken(QByteArrayView("a\0b", 3), QByteArrayView("a\0b", 3)));
    QVERIFY(!Server::isSameToken(QByteArrayView("a\0b", 3), QByteArrayView("a\0c", 3)));
    for (const char *const other :
         {"Secret", "secreT", "secre", "secrets", "secretsecret", "s", ""})
        QVERIFY2(!Server::isSameToken(other, "secret"), other);
    QVERIFY(!Server::isSameToken("aa", "a"));
    const QByteArray token = Server::makeToken();
    QVERIFY(Server::isSameToken(token, QByteArray(token)));
    QVERIFY(!Server::isSameToken(token, Server::makeToken()));
    for (qsizetype i = 0; i < token.size(); ++i) {
        QByteArray other = token;
        other[i] = char(other[i] ^ 0x80); // A bit that only an unsigned comparison sees rightly.
        QVERIFY(!Server::isSameToken(other, token));
    }
}

void tst_ServerTokens::emptyTokenIsNeverTheSame()
{
    QVERIFY(!Server::isSameToken("", ""));
    QVERIFY(!Server::isSameToken({}, {}));
    QVERIFY(!Server::isSameToken("a", ""));
    QVERIFY(!Server::isSameToken("", "a"));
}

QTEST_APPLESS_MAIN(tst_ServerTokens)
#include "tst_servertokens.moc"
