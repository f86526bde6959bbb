// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <sched.h>

/// Keeps the calling thread, and all that it starts, on the processor where it is. Linux only.
class OneProcessor
{
    Q_DISABLE_COPY_MOVE(OneProcessor)

public:
    OneProcessor()
    {
        ::sched_getaffinity(0, sizeof(m_before), &m_before);
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(::sched_getcpu(), &one);
        ::sched_setaffinity(0, sizeof(one), &one);
    }
    ~OneProcessor() { ::sched_setaffinity(0, sizeof(m_before), &m_before); }

private:
    cpu_set_t m_before = {};
};
