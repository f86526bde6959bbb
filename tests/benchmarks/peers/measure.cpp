// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/measure.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>

#include <algorithm>

namespace Bench {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

template<typename Function>
static double secondsFor(Function function)
{
    QElapsedTimer timer;
    timer.start();
    function();
    return double(timer.nsecsElapsed()) / 1e9;
}

// How often per second \a repeat can do its thing. Begins with few repetitions: they warm up, and
// tell how many fill the time.
template<typename Repeat>
static double rateOf(milliseconds duration, Repeat repeat)
{
    const double wanted = double(duration.count()) / 1e3;
    qint64 count = 1;
    double seconds = secondsFor([&] { repeat(count); });
    while (seconds < wanted / 10) {
        count *= std::clamp<qint64>(qint64(wanted / 10 / std::max(seconds, 1e-9)), 2, 16);
        seconds = secondsFor([&] { repeat(count); });
    }
    count = std::max<qint64>(1, qint64(double(count) * wanted / seconds));
    return double(count) / secondsFor([&] { repeat(count); });
}

static void stream(Client &client, qint64 size, qint64 count)
{
    const Receipt receipt = client.oneWay(size, count);
    verify(receipt.frames == count && receipt.bytes == count * size,
           "the receiver counted something else than was sent");
}

static double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

static double p99(Client::Latencies latencies)
{
    std::sort(latencies.begin(), latencies.end());
    return double(latencies[latencies.size() * 99 / 100].count()) / 1e3;
}

// In microseconds.
static QJsonObject commandsBesideData(Client &client, qint64 dataSize, milliseconds duration)
{
    client.commandsBeside(0, duration / 10); // Warms up.
    const auto alone = client.commandsBeside(0, duration);
    if (alone.empty())
        fail(QStringLiteral("no such mode"));
    std::vector<double> frames;
    for (int i = 0; i < 11; ++i)
        frames.push_back(secondsFor([&] { stream(client, dataSize, 1); }) * 1e6);
    const auto beside = client.commandsBeside(dataSize, 3 * duration);
    return {{QStringLiteral("p99"), p99(beside)},
            {QStringLiteral("p99 alone"), p99(alone)},
            {QStringLiteral("frame"), median(frames)},
            {QStringLiteral("commands"), qint64(beside.size())}};
}

// The process' share of the memory in use, in KiB: pages of libraries count once for all users.
static double proportionalSize(qint64 process)
{
    QFile file(QStringLiteral("/proc/%1/smaps_rollup").arg(process));
    verify(file.open(QIODevice::ReadOnly), "the server's memory can't be read");
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("Pss:"))
            return line.simplified().split(' ').value(1).toDouble();
    }
    fail(QStringLiteral("the system doesn't tell the server's memory"));
}

static QJsonObject idleConnections(Client &client, int connections, qint64 serverProcess)
{
    // What the first ones need is not their own.
    client.open(10);
    client.roundTrips(64, 1);
    client.close();
    const double before = proportionalSize(serverProcess);
    client.open(connections);
    client.roundTrips(64, 1);
    const double growth = proportionalSize(serverProcess) - before;
    return {{QStringLiteral("KiB"), growth / connections}};
}

QJsonObject measure(Client &client, const Setup &setup, qint64 serverProcess, milliseconds duration)
{
    const Workload &workload = setup.workload;
    double rate = 0;
    switch (workload.operation) {
    case Operation::RoundTrips:
        client.open(workload.connections);
        rate = workload.connections
               * rateOf(duration, [&](qint64 count) { client.roundTrips(workload.size, count); });
        break;
    case Operation::OneWay:
        client.open(workload.connections);
        rate = rateOf(duration, [&](qint64 count) { stream(client, workload.size, count); });
        break;
    case Operation::Connects:
        rate = rateOf(duration, [&](qint64 count) {
            for (; count > 0; --count) {
                client.open(1);
                client.roundTrips(workload.size, 1);
                client.close();
            }
        });
        break;
    case Operation::CommandsBesideData:
        client.open(workload.connections);
        return commandsBesideData(client, workload.size, duration);
    case Operation::IdleConnections:
        return idleConnections(client, workload.connections, serverProcess);
    }
    return {{QStringLiteral("rate"), rate}};
}

} // namespace Bench
