// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Frames through a child process' standard input and output. The child is `cat`, which returns
// whatever it gets, cut up as it likes; the framer makes the same frames of it again.

#include <IpcPrims/Framer>

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>
#include <QtCore/QProcess>

using namespace IpcPrims;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);

    QProcess cat;
    cat.start(QStringLiteral("cat"), {});
    if (!cat.waitForStarted()) {
        qCritical() << "cannot start cat:" << cat.errorString();
        return 1;
    }

    Framer framer(&cat);
    int expected = 3;
    QObject::connect(&framer, &Framer::frameReceived, &app,
                     [&](quint16 channel, const QByteArray &payload) {
                         qInfo() << "channel" << channel << "came back with" << payload;
                         if (--expected == 0)
                             cat.closeWriteChannel();
                     });
    QObject::connect(&framer, &Framer::errorOccurred, &app, [](const Error &error) {
        qCritical() << error;
        QCoreApplication::exit(1);
    });
    QObject::connect(&cat, &QProcess::finished, &app, [&] { app.exit(expected == 0 ? 0 : 1); });

    const QByteArrayList words = {"one", "two", "three"};
    for (const QByteArray &word : words) {
        if (const Error error = framer.send(Channel::FirstUser, word)) {
            qCritical() << error;
            return 1;
        }
    }
    return app.exec();
}
