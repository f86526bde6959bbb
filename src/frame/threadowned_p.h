// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qthreadstorage.h>

namespace IpcPrims {

/*!
    One object for each thread that asks for it, which lives until after QThread::finished(), where
    peers still use it. In a thread that Qt hasn't started, thread_local objects go before that. To
    ask for it costs no more than reading a variable.
*/
template<typename T>
class ThreadOwned
{
public:
    static T &ofThisThread()
    {
        if (Q_UNLIKELY(!s_instance)) {
            // Not destroyed, as threads may end after the process's static objects.
            static auto *const storage = new QThreadStorage<Owned *>;
            auto *const owned = new Owned;
            storage->setLocalData(owned);
            s_instance = owned;
        }
        return *s_instance;
    }

private:
    class Owned final : public T
    {
    public:
        ~Owned() override { s_instance = nullptr; }
    };

    static inline thread_local T *s_instance = nullptr;
};

} // namespace IpcPrims
