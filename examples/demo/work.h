// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QJsonObject>

/*!
    What the program and its helpers agreed on, beyond the protocol. counterpart.cjs speaks the
    same.

    On COMMAND, as JSON objects:
    - \c {"command":"add","id":7,"a":3,"b":4} is answered by \c {"id":7,"sum":7}.
    - \c {"command":"transfer","samples":300} makes the helper send samples on TELEMETRY. The block
      that follows on DATA is answered by \c {"sha256":"…"} of it, and by a block on DATA whose
      bytes are all inverted.
    - \c {"command":"ping"} makes the helper ping us; it answers \c {"milliseconds":0.03}.
    - \c {"command":"shutdown"} makes the helper end the session.
*/
namespace Demo {

QJsonObject makeAddition(int id);
bool isSum(const QJsonObject &answer);
bool isSumOf(int id, const QJsonObject &answer);

/// The block we send: the largest payload a frame can have, without a period a bug could hide in.
QByteArray makeBlock();
QByteArray inverted(QByteArray block);
QByteArray sha256(const QByteArray &block);

/// Number \a index of a telemetry stream.
QJsonObject makeSample(int index);

/// An object without members if \a payload is no JSON object.
QJsonObject fromPayload(const QByteArray &payload);

} // namespace Demo
