// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qmap.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

/// What bindings to all properties of an object show: each value as it was at its last signal.
class BoundProperties : public QObject
{
    Q_OBJECT

public:
    explicit BoundProperties(QObject *object);

    /// The properties that differ from what a binding shows.
    QStringList stale() const;
    /// How often a property's signal came.
    int count(const char *property) const { return m_counts.value(property); }
    QVariant shown(const char *property) const { return m_shown.value(property); }

private Q_SLOTS:
    void note();

private:
    QObject *const m_object;
    QMap<QByteArray, QVariant> m_shown;
    QMap<QByteArray, int> m_counts;
};
