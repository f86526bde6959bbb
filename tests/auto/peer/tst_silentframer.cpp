// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "silence.h"

#include <IpcPrims/framer.h>

#include <QtNetwork/qlocalsocket.h>
#include <QtTest/qtest.h>

#include <array>
#include <memory>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

static std::array<int, 2> connectedSockets()
{
    std::array<int, 2> ends = {-1, -1};
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
    return ends;
}

/// As tst_SilentCalls, of a Framer.
class tst_SilentFramer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emitsNothingInACall_data();
    void emitsNothingInACall();
};

void tst_SilentFramer::emitsNothingInACall_data()
{
    QTest::addColumn<bool>("isOverDevice");
    QTest::addColumn<bool>("isBroken");
    for (const bool isOverDevice : {false, true}) {
        for (const bool isBroken : {false, true})
            QTest::addRow("%s %s", isBroken ? "broken" : "open", isOverDevice ? "device" : "socket")
                    << isOverDevice << isBroken;
    }
}

void tst_SilentFramer::emitsNothingInACall()
{
    QFETCH(bool, isOverDevice);
    QFETCH(bool, isBroken);
    const auto fill = [](Framer &f) {
        while (!f.send(2, QByteArray(100'000, 'x'))) {
        }
    };
    const std::vector<SilentCall<Framer &>> calls = {
            {"setMaxPayloadSize",
             [](Framer &f) { f.setMaxPayloadSize(1); },
             {u"maxPayloadSizeChanged"_s}},
            {"send", fill},
            {"send with a policy",
             [fill](Framer &f) {
                 fill(f);
                 for (const auto policy : {SlowPeerPolicy::DropOldest, SlowPeerPolicy::KeepLatest,
                                           SlowPeerPolicy::Disconnect})
                     f.send(2, QByteArray(100'000, 'x'), policy);
             }},
            {"flush",
             [fill](Framer &f) {
                 fill(f);
                 f.flush();
                 f.flush();
             }},
            {"setSendWaterMarks",
             [fill](Framer &f) {
                 fill(f);
                 f.setSendWaterMarks(1'000'000'000, 999'999'999);
             }},
    };
    for (const auto &call : calls) {
        const auto sockets = connectedSockets();
        QLocalSocket device;
        QLocalSocket other;
        QVERIFY(device.setSocketDescriptor(::dup(sockets[0])));
        QVERIFY(other.setSocketDescriptor(sockets[1]));
        const auto framer = isOverDevice ? std::make_unique<Framer>(&device)
                                         : std::make_unique<Framer>(qintptr(::dup(sockets[0])));
        ::close(sockets[0]);
        Framer otherFramer(&other);
        QVERIFY(!otherFramer.send(2, "unread"));
        otherFramer.flush();
        if (isBroken)
            other.abort();
        Silence silence;
        silence.listenTo(framer.get());
        const QStringList emitted = silence.during([&] { call.make(*framer); });
        QVERIFY2(emitted.isEmpty() || emitted == call.emits,
                 qPrintable(QLatin1String(call.name) + u": "_s + emitted.join(u", "_s)));
    }
}

QTEST_GUILESS_MAIN(tst_SilentFramer)
#include "tst_silentframer.moc"
