// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "boundproperties.h"

#include <QtCore/qmetaobject.h>

#include <set>

BoundProperties::BoundProperties(QObject *object)
    : m_object(object)
{
    const QMetaObject *const meta = object->metaObject();
    const QMetaMethod slot = staticMetaObject.method(staticMetaObject.indexOfSlot("note()"));
    std::set<int> connected;
    for (int i = QObject::staticMetaObject.propertyCount(); i < meta->propertyCount(); ++i) {
        const QMetaProperty property = meta->property(i);
        m_shown.insert(property.name(), property.read(object));
        if (property.hasNotifySignal() && connected.insert(property.notifySignalIndex()).second)
            connect(object, property.notifySignal(), this, slot);
    }
}

QStringList BoundProperties::stale() const
{
    QStringList names;
    for (auto it = m_shown.cbegin(); it != m_shown.cend(); ++it) {
        if (m_object->property(it.key().constData()) != it.value())
            names.append(QString::fromLatin1(it.key()));
    }
    return names;
}

void BoundProperties::note()
{
    const QMetaObject *const meta = m_object->metaObject();
    for (int i = QObject::staticMetaObject.propertyCount(); i < meta->propertyCount(); ++i) {
        const QMetaProperty property = meta->property(i);
        if (property.notifySignalIndex() != senderSignalIndex())
            continue;
        m_shown[property.name()] = property.read(m_object);
        ++m_counts[property.name()];
    }
}
