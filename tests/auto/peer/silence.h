// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>

#include <functional>
#include <utility>

/// Hears every signal of some objects that comes from inside a call.
class Silence : public QObject
{
    Q_OBJECT

public:
    void listenTo(QObject *object);
    /// Makes \a call, and returns the names of the signals that came meanwhile.
    QStringList during(const std::function<void()> &call);

private Q_SLOTS:
    void note();

private:
    bool m_isInCall = false;
    QStringList m_heard;
};

/// A call, and the signals that it may emit itself: of the properties that it sets.
template<typename Argument>
struct SilentCall
{
    SilentCall(const char *itsName, std::function<void(Argument)> itsCall,
               const QStringList &itsSignals = QStringList())
        : name(itsName)
        , make(std::move(itsCall))
        , emits(itsSignals)
    {}

    const char *name;
    std::function<void(Argument)> make;
    QStringList emits;
};
