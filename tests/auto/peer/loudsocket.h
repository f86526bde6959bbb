// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtNetwork/qlocalsocket.h>

#include <functional>

/*!
    A socket that emits from inside every call that a device may emit from, before and after it does
    what it is asked for. Each time it calls the application, too, as a slot of these signals would.
*/
class LoudSocket : public QLocalSocket
{
    Q_OBJECT

public:
    std::function<void()> onCall;

    void close() override
    {
        speak();
        QLocalSocket::close();
        speak();
    }
    qint64 bytesAvailable() const override
    {
        return loudly([this] { return QLocalSocket::bytesAvailable(); });
    }
    qint64 bytesToWrite() const override
    {
        return loudly([this] { return QLocalSocket::bytesToWrite(); });
    }

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        return loudly([&] { return QLocalSocket::readData(data, maxSize); });
    }
    qint64 writeData(const char *data, qint64 size) override
    {
        return loudly([&] { return QLocalSocket::writeData(data, size); });
    }

private:
    template<typename Function>
    qint64 loudly(const Function &function) const
    {
        auto *const self = const_cast<LoudSocket *>(this);
        self->speak();
        const qint64 result = function();
        self->speak();
        return result;
    }
    void speak()
    {
        if (m_depth == MaxDepth)
            return;
        ++m_depth;
        Q_EMIT bytesWritten(1);
        Q_EMIT readyRead();
        if (onCall)
            onCall();
        --m_depth;
    }

    static constexpr int MaxDepth = 2; // Somewhere it has to end.
    int m_depth = 0;
};
