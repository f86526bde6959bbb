// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "givingway.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

constinit std::atomic<GivingWay> chosen = GivingWay::Really;
constinit std::atomic<int> count = 0;

} // namespace

void setGivingWay(GivingWay how)
{
    chosen = how;
    count = 0;
}

int timesGivenWay()
{
    return count;
}

// The program's own definition comes before that of the C library.
extern "C" int sched_yield() noexcept
{
    ++count;
    switch (chosen.load()) {
    case GivingWay::Really:
        return int(::syscall(SYS_sched_yield));
    case GivingWay::NotAtAll:
        break;
    case GivingWay::ForLong:
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        break;
    }
    return 0;
}
