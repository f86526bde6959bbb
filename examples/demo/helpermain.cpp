// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The helper process: ipcprims-demo-helper PATH. Exit code 0 if the program ended the session in
// order.

#include "helper.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>

using namespace IpcPrims;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.size() != 2) {
        qCritical("usage: ipcprims-demo-helper PATH");
        return 64;
    }

    Demo::Helper helper;
    QObject::connect(&helper, &Demo::Helper::finished, &app, [](const Error &reason) {
        const bool inOrder = reason.isOrderlyEnd();
        if (!inOrder)
            qCritical() << "helper:" << reason;
        QCoreApplication::exit(inOrder ? 0 : 1);
    });
    helper.connectToServer(Endpoint::fromPath(arguments.at(1)));
    return app.exec();
}
