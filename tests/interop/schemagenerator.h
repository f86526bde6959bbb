// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qrandom.h>

/*!
    Makes up schemas, and values that some of them accept: both are made of the same few names,
    texts and numbers. It keeps to what the reference implementation evaluates as the specification
    has it: numbers are exact as doubles, and references do not lead in circles.
*/
class SchemaGenerator
{
public:
    explicit SchemaGenerator(quint32 seed)
        : m_random(seed)
    {}

    QJsonObject schema();
    QJsonValue instance(int depth = 3);

private:
    using AddKeyword = void (SchemaGenerator::*)(QJsonObject *schema, int depth);

    int below(int limit) { return int(m_random.bounded(limit)); }
    QString name();
    QJsonValue number();
    QJsonValue subschema(int depth);
    QJsonArray subschemas(int depth);
    QJsonArray names();

    void addValueKeyword(QJsonObject *schema, int depth);
    void addNumberKeyword(QJsonObject *schema, int depth);
    void addStringKeyword(QJsonObject *schema, int depth);
    void addObjectKeyword(QJsonObject *schema, int depth);
    void addArrayKeyword(QJsonObject *schema, int depth);
    void addLogicKeyword(QJsonObject *schema, int depth);
    void addUnevaluatedKeyword(QJsonObject *schema, int depth);
    void addReference(QJsonObject *schema, int depth);

    QRandomGenerator m_random;
    int m_firstDefinition = 0; ///< References lead there or further.
};
