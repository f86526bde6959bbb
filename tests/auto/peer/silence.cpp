// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "silence.h"

#include <utility>

void Silence::listenTo(QObject *object)
{
    const QMetaObject *const type = object->metaObject();
    const QMetaMethod slot = metaObject()->method(metaObject()->indexOfSlot("note()"));
    // That an object is destroyed is said by QObject, inside the destructor.
    for (int i = QObject::staticMetaObject.methodCount(); i < type->methodCount(); ++i) {
        if (type->method(i).methodType() == QMetaMethod::Signal)
            connect(object, type->method(i), this, slot);
    }
}

QStringList Silence::during(const std::function<void()> &call)
{
    m_heard.clear();
    m_isInCall = true;
    call();
    m_isInCall = false;
    return std::exchange(m_heard, {});
}

void Silence::note()
{
    if (m_isInCall)
        m_heard.append(
                QString::fromLatin1(sender()->metaObject()->method(senderSignalIndex()).name()));
}
