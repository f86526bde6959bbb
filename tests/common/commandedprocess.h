// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qhash.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstring.h>

class CommandedProcess;

/*!
    What a commanded process will answer to one command. Asking for anything waits for the answer
    with the event loop running, so that commands that block the process can be given first and
    looked at later.
*/
class Answer
{
public:
    /// Empty for success, else what the process said, or that it said nothing for 30 s.
    QString error() const;
    QJsonValue value(QLatin1StringView name) const;

private:
    friend class CommandedProcess;
    Answer(CommandedProcess *process, int id)
        : m_process(process)
        , m_id(id)
    {}

    CommandedProcess *m_process;
    int m_id;
};

/*!
    A child process that reads commands from its standard input, one JSON object with an "id" in
    each line, and answers each with a line {"id", "ok", ...}. Its standard error is the test's.
*/
class CommandedProcess
{
public:
    CommandedProcess();
    ~CommandedProcess();
    Q_DISABLE_COPY_MOVE(CommandedProcess)

    void start(const QString &program, const QStringList &arguments);
    Answer command(QJsonObject command);

    qint64 processId() const { return m_process.processId(); }
    /// Ends the process without giving it a chance to say goodbye.
    void kill();

private:
    friend class Answer;
    void readAnswers();
    QJsonObject waitFor(int id);

    QProcess m_process;
    QHash<int, QJsonObject> m_answers;
    int m_lastId = 0;
};
