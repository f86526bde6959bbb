// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/standardstreams.h"

#include "cli/terminationsignals.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace IpcPrims::Tool {

namespace {
// A pipe that poll() calls writable takes at least this much without blocking.
constexpr qsizetype ChunkSize = PIPE_BUF;
} // namespace

void prepareStandardStreams()
{
    for (const int stream : {StandardInput, StandardOutput, StandardError}) {
        // The lowest free number is the one that was found closed. Read-only, so that writing
        // results to it fails like writing to a closed stream.
        if (::fcntl(stream, F_GETFD) == -1 && errno == EBADF)
            (void)::open("/dev/null", O_RDONLY);
    }
    std::signal(SIGPIPE, SIG_IGN);
}

WriteResult writeAll(StandardStream stream, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        pollfd waits[] = {{stream, POLLOUT, 0}, {TerminationSignals::descriptor(), POLLIN, 0}};
        if (::poll(waits, std::size(waits), -1) == -1) {
            if (errno == EINTR)
                continue;
            return WriteResult::Failed;
        }
        if (waits[0].revents == 0)
            return WriteResult::Interrupted;
        const auto written
                = ::write(stream, bytes.data(), size_t(std::min(bytes.size(), ChunkSize)));
        if (written >= 0)
            bytes = bytes.sliced(written);
        else if (errno != EINTR && errno != EAGAIN)
            return WriteResult::Failed;
    }
    return WriteResult::Written;
}

bool isTerminal(StandardStream stream)
{
    return ::isatty(stream) == 1;
}

} // namespace IpcPrims::Tool
