// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

namespace IpcPrims {

/*!
    One rule of the channel that a payload breaks. Contains no part of the payload, except for
    (shortened) names in instancePointer, and for excerpts if the validator is set to quote them.
*/
struct IPCPRIMS_CORE_EXPORT ValidationError
{
    Q_GADGET
    Q_PROPERTY(QString instancePointer MEMBER instancePointer)
    Q_PROPERTY(QString schemaPointer MEMBER schemaPointer)
    Q_PROPERTY(QString keyword MEMBER keyword)
    Q_PROPERTY(QString message MEMBER message)

public:
    QString instancePointer; ///< Where in the payload, as a JSON pointer; empty for all of it.
    QString schemaPointer; ///< The URI of the rule that was broken, with a JSON pointer.
    QString keyword; ///< The rule's name, such as "type".
    QString message; ///< What is wrong, for people.
};

} // namespace IpcPrims

Q_DECLARE_METATYPE(IpcPrims::ValidationError)
