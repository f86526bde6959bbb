// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>

namespace Demo {

/*!
    One step of a part: it starts something, tells what it observed, and ends with finished() or
    failed(). Steps know nothing of each other; the story puts them in order and gives each a
    deadline.
*/
class Step : public QObject
{
    Q_OBJECT

public:
    /// What the step is about, in a word; printed when it fails.
    virtual QString name() const = 0;
    /// What has not happened yet; printed when the deadline passes.
    virtual QString waitingFor() const = 0;
    virtual void start() = 0;

Q_SIGNALS:
    void observed(const QString &label, const QString &text);
    void finished();
    void failed(const QString &why);
};

} // namespace Demo
