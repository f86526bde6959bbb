// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/options.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

namespace IpcPrims::Tool {

struct ReceivedFrame
{
    quint16 channel = 0;
    QByteArray payload;
    QString peerId; ///< The session it came in.
};

/// Writes received frames in one of the output formats.
class FrameText
{
public:
    explicit FrameText(OutputFormat format)
        : m_format(format)
    {}

    QByteArray format(const ReceivedFrame &frame);

    /// What completes the output after the last frame: the lower edge of a table.
    QByteArray end() const;

private:
    OutputFormat m_format;
    bool m_tableBegun = false;
};

} // namespace IpcPrims::Tool
