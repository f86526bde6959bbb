// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <optional>

namespace Bench {

/// Time that the processors have spent since the system was started, in seconds of one processor.
struct ProcessorTimes
{
    double busy = 0;
    double idle = 0;
    double stolen = 0; ///< A virtual machine's: given to others by the host.

    /// Out of /proc/stat, whose times are in ticks, so many in a second.
    static std::optional<ProcessorTimes> fromStat(const QByteArray &text, double ticksPerSecond);
};

/// Says how much else the machine does while something is measured. Linux only.
class MachineLoad
{
public:
    /// Begins now.
    MachineLoad();

    struct Shares
    {
        double others = 0; ///< Of all processor time: what other processes took.
        double stolen = 0;

        /// Whether figures measured meanwhile are worth nothing.
        bool isTooMuch() const { return others > 0.05 || stolen > 0.02; }
    };
    /// Since the beginning. Own are this process and all that it has waited for.
    std::optional<Shares> shares() const;

    static Shares sharesOf(const ProcessorTimes &begin, const ProcessorTimes &end, double own);

    /// A line for people.
    QString report() const;

private:
    const QByteArray m_loadBefore;
    const std::optional<ProcessorTimes> m_begin;
};

} // namespace Bench
