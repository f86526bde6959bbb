// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <initializer_list>
#include <random>

/// Decides what happens next: the same seed decides the same things in the same order.
class Choice
{
public:
    explicit Choice(quint64 seed)
        : m_engine(seed)
    {}

    /// From 0 to \a bound - 1.
    qint64 below(qint64 bound) { return qint64(m_engine() % quint64(bound)); }
    bool oneIn(int count) { return below(count) == 0; }

    template<typename Value>
    Value oneOf(std::initializer_list<Value> values)
    {
        return values.begin()[below(qint64(values.size()))];
    }

    /// Mostly small, sometimes beyond every buffer on the way.
    qint64 payloadSize()
    {
        const qint64 largest = oneOf<qint64>({64, 64, 64, 64, 1024, 1024, 20'000, 70'000});
        return below(oneIn(200) ? 1'000'000 : largest);
    }

private:
    std::mt19937_64 m_engine;
};
