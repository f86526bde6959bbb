// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"

#include <QtCore/qfile.h>

#include <chrono>

#include <sys/syscall.h>
#include <unistd.h>

using namespace std::chrono_literals;

Background::Background(std::function<void()> function)
    : m_thread([this, work = std::move(function)] {
        m_threadId = int(::syscall(SYS_gettid));
        work();
        m_isDone = true;
    })
{}

void Background::waitUntilAsleep()
{
    while (m_threadId == 0)
        std::this_thread::yield();
    const QString path = QStringLiteral("/proc/self/task/%1/stat").arg(m_threadId.load());
    while (!m_isDone) {
        QFile file(path);
        // The state stands behind the name, which is in brackets.
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(") S "))
            return;
        std::this_thread::sleep_for(1ms);
    }
}

void Background::join()
{
    if (m_thread.joinable())
        m_thread.join();
}
