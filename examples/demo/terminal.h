// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/QString>

/// The lines of the story on standard output, in columns.
namespace Demo {

void printHeading(const QString &text);
void printTitle(int number, const QString &title);
void printObservation(const QString &label, const QString &text);
void printFailure(const QString &label, const QString &why);
void printConclusion(const QString &text);

} // namespace Demo
