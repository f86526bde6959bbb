// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

// A program that links givingway.cpp has the C library's sched_yield() replaced, in the libraries
// it uses as well. So it can count how often a thread gives way to others, and need not depend on
// what else the machine does.

/// What happens when a thread gives way.
enum class GivingWay {
    Really, ///< What the system does.
    NotAtAll, ///< Nothing, as if the processor were the thread's alone.
    ForLong, ///< Others keep the processor for some milliseconds.
};
void setGivingWay(GivingWay how);

/// How often threads have given way since setGivingWay(), all of them together.
int timesGivenWay();
