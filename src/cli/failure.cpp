// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/failure.h"

#include "cli/displaytext.h"
#include "cli/standardstreams.h"

namespace IpcPrims::Tool {

namespace {

struct Outcome
{
    ExitCode exitCode;
    const char *prefix;
};

constexpr char Transport[] = "transport error: ";
constexpr char Frame[] = "frame error: ";
constexpr char Handshake[] = "handshake failed: ";
constexpr char Disconnected[] = "peer disconnected: ";
constexpr char Schema[] = "schema validation error: ";
constexpr char Shutdown[] = "shutdown failed: ";
constexpr char Unprefixed[] = "";

// The one table of the tool that says what an error of the library means to the shell. A switch,
// so that the compiler reports an error code that is missing here; in a table, equal rows are fine.
Outcome outcome(ErrorCode code)
{
    // clang-format off
    // NOLINTBEGIN(bugprone-branch-clone)
    switch (code) {
    case ErrorCode::NoError:            return { ExitSuccess, Unprefixed };

    case ErrorCode::InvalidEndpoint:    return { ExitOther, Transport };
    case ErrorCode::PathTooLong:        return { ExitTransport, Transport };
    case ErrorCode::PathOccupied:       return { ExitOther, Transport };
    case ErrorCode::AddressInUse:       return { ExitOther, Transport };
    case ErrorCode::NotFound:           return { ExitOther, Transport };
    case ErrorCode::ConnectionRefused:  return { ExitDisconnected, Transport };
    case ErrorCode::PermissionDenied:   return { ExitPermissionDenied, Transport };
    case ErrorCode::ResourcesExhausted: return { ExitOther, Transport };
    case ErrorCode::SystemError:        return { ExitOther, Transport };
    case ErrorCode::Unsupported:        return { ExitOther, Transport };

    case ErrorCode::BadMagic:           return { ExitOther, Frame };
    case ErrorCode::PayloadTooLarge:    return { ExitBadData, Frame };
    case ErrorCode::TruncatedFrame:     return { ExitDisconnected, Disconnected };
    case ErrorCode::StreamError:        return { ExitOther, Frame };

    case ErrorCode::HandshakeMalformed: return { ExitBadData, Handshake };
    case ErrorCode::ProtocolMismatch:   return { ExitOther, Handshake };
    case ErrorCode::VersionMismatch:    return { ExitOther, Handshake };
    case ErrorCode::ChannelsRefused:    return { ExitOther, Handshake };
    case ErrorCode::AuthTokenInvalid:   return { ExitOther, Handshake };
    case ErrorCode::HandshakeRefused:   return { ExitDisconnected, Disconnected };

    case ErrorCode::NotConnected:       return { ExitDisconnected, Disconnected };
    case ErrorCode::UnsupportedChannel: return { ExitUsage, Unprefixed };
    case ErrorCode::QueueFull:          return { ExitOther, Unprefixed };
    case ErrorCode::BufferFull:         return { ExitOther, Unprefixed };
    case ErrorCode::Timeout:            return { ExitTimeout, Unprefixed };
    case ErrorCode::Disconnected:       return { ExitDisconnected, Disconnected };
    case ErrorCode::ProtocolViolation:  return { ExitDisconnected, Disconnected };
    case ErrorCode::RateExceeded:       return { ExitDisconnected, Disconnected };
    case ErrorCode::ShutdownRequested:  return { ExitDisconnected, Disconnected };
    case ErrorCode::ShutdownFailed:     return { ExitOther, Shutdown };
    case ErrorCode::RequestFailed:      return { ExitOther, Unprefixed };
    case ErrorCode::Cancelled:          return { ExitOther, Unprefixed };
    case ErrorCode::InvalidArgument:    return { ExitUsage, Unprefixed };

    case ErrorCode::ValidationFailed:   return { ExitBadData, Unprefixed };
    case ErrorCode::InvalidSchema:      return { ExitBadData, Schema };
    }
    // NOLINTEND(bugprone-branch-clone)
    // clang-format on
    Q_UNREACHABLE();
}

} // namespace

Failure toFailure(const Error &error)
{
    const Outcome meaning = outcome(error.code());
    return {meaning.exitCode, QLatin1String(meaning.prefix) + error.message()};
}

void report(const Failure &failure)
{
    writeAll(StandardError, "error: " + displayText(failure.text).toUtf8() + '\n');
}

} // namespace IpcPrims::Tool
