// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Not compiled: what scripts/textformats.pl has to find, each in a line that says so, and beside it
// what it has to leave alone.

void formats(const QString &reason, const Error &error, int n, quint16 channel)
{
    use(QStringLiteral("%1 of %2").arg(reason).arg(n)); // finding
    use(QStringLiteral("%1 of %2")
                .arg(error.message()) // finding
                .arg(n));
    use(QStringLiteral("%1 of %2, %3").arg(n, reason).arg(n)); // finding
    use(QStringLiteral("%1 %2 %3").arg(channel).arg(Channel::name(channel)).arg(n)); // finding
    use(QStringLiteral("%1 %2").arg(n > 0 ? QStringLiteral("a)") : reason).arg(n)); // finding
    use(reason.arg(n)); // finding
    use(error.message().arg(n)); // finding
    use(u"%1 %2"_s.arg(reason).arg(n)); // finding

    use(QStringLiteral("%1 of %2").arg(reason, QString::number(n)));
    use(QStringLiteral("%1 of %2").arg(channel).arg(reason));
    use(QStringLiteral("%1 of %2").arg(text.size()).arg(reason));
    use(QStringLiteral("%1 of %2").arg(QString::number(n)).arg(reason));
    use(QStringLiteral("%1 of %2").arg(MaxPayloadSize).arg(reason));
    use(QStringLiteral("0x%1 0x%2").arg(quint8(b[0]), 2, 16, QLatin1Char('0')).arg(b.size()));
    use(QStringLiteral("%1 \"%2\"").arg(m_number + 1).arg(reason));
    // A comment may say QStringLiteral("%1 of %2").arg(reason).arg(n).

    qCWarning(lcPeer, reason); // finding
    qCWarning(lcPeer(), qPrintable(reason)); // finding
    qWarning(qPrintable(reason)); // finding
    std::printf(text); // finding
    std::fprintf(stderr, text); // finding
    QString::asprintf(text, n); // finding

    qCWarning(lcPeer) << reason;
    qCWarning(lcPeer).nospace() << reason;
    qCWarning(lcPeer, "%s", qPrintable(reason));
    qWarning() << reason;
    qCritical("usage: %s", name);
    std::fprintf(stderr, "%s\n", qPrintable(reason));

    const QRegularExpression pattern(reason); // finding
    text.remove(QRegularExpression(reason + "$")); // finding
    text.remove(QRegularExpression(QStringLiteral("^a+")));
    text.remove(QRegularExpression(QRegularExpression::escape(reason)));
}
