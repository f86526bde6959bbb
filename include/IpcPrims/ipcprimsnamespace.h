// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qobjectdefs.h>

namespace IpcPrims {
Q_NAMESPACE_EXPORT(IPCPRIMS_CORE_EXPORT)

// All enumerations of the namespace stand here because moc allows one Q_NAMESPACE for each.

/*!
    What went wrong, for programs. The text that goes with it is for people and names the place, the
    limit and the value that was expected.
*/
enum class ErrorCode {
    NoError,

    // Reaching or offering an endpoint.
    InvalidEndpoint, ///< No usable path or name: empty, or with a NUL in it.
    PathTooLong, ///< The path does not fit the system's socket address.
    PathOccupied, ///< Something that is not a socket is at the path; it was left untouched.
    AddressInUse, ///< A live server answers at the path, or holds its lock.
    NotFound, ///< Nothing is at the path, or its directory does not exist.
    ConnectionRefused, ///< A socket is at the path, but nobody listens on it.
    PermissionDenied, ///< The operating system, or an access rule, said no.
    ResourcesExhausted, ///< Out of descriptors or memory; the same call may succeed later.
    SystemError, ///< Any other failure of a system call; nativeError() tells which.
    Unsupported, ///< Not available on this operating system.

    // Frames.
    BadMagic, ///< The other side does not speak this protocol.
    PayloadTooLarge, ///< A length over the limit that is in force.
    TruncatedFrame, ///< The stream ended inside a frame.
    StreamError, ///< Reading from or writing to an open stream failed, or its writer cut it.

    // Handshake.
    HandshakeMalformed, ///< Not the JSON object that the handshake asks for.
    ProtocolMismatch, ///< Another protocol name.
    VersionMismatch, ///< An incompatible protocol version.
    ChannelsRefused, ///< No usable channel list, or no channel in common.
    AuthTokenInvalid, ///< A token of the wrong form or length.
    HandshakeRefused, ///< The other side closed the connection instead of answering.

    // An open session.
    NotConnected, ///< There is no open session to do this with.
    UnsupportedChannel, ///< The channel was not negotiated for this session.
    QueueFull, ///< The channel's queue has reached its high-water mark; see readyToSend().
    BufferFull, ///< A received frame found no room in its channel's buffer and is lost.
    Timeout, ///< The deadline passed; the message says of what.
    Disconnected, ///< The other side closed the connection.
    ProtocolViolation, ///< The other side broke a rule of the session, which therefore ended.
    RateExceeded, ///< The other side sent faster than this side's ReceiveLimits allow.
    ShutdownRequested, ///< The other side asked to end the session.
    ShutdownFailed, ///< The other side did not acknowledge our shutdown request.
    RequestFailed, ///< A request won't be answered: the other side said so, or this one couldn't.
    Cancelled, ///< Given up by this side, for example because the connection was closed.
    InvalidArgument, ///< An argument or a call that makes no sense; the message says what is
                     ///< allowed.

    // Validation.
    ValidationFailed, ///< The validator refused the payload.
    InvalidSchema, ///< A schema can't be read, is no valid schema, or refers to what isn't there.
};
Q_ENUM_NS(ErrorCode)

/*!
    What carries the bytes. Both reach the same endpoints and look the same on the wire.
*/
enum class Transport {
    /// Native where it exists, else LocalSocket; the environment variable \c IPCPRIMS_TRANSPORT
    /// (\c native or \c localsocket) decides otherwise.
    Automatic,
    Native, ///< The Unix socket's descriptor, read and written directly.
    LocalSocket, ///< QLocalServer and QLocalSocket; what Windows always uses.
};
Q_ENUM_NS(Transport)

/*!
    How a client writes its authentication token. The protocol's version number does not tell which
    form the server understands; a server of this library understands all three.
*/
enum class TokenFormat {
    HexObject, ///< {"hex":"00ff…"}: servers of release 0.2.5. The default.
    ByteArray, ///< [0,255,…]: servers of release 0.2.5; only short tokens fit the handshake.
    String, ///< "text": servers of releases 0.2.0 and 0.2.1; the token must be UTF-8 text.
};
Q_ENUM_NS(TokenFormat)

/*!
    What send() and Server::broadcast() do for a peer that doesn't read as fast as this side sends,
    so that a channel's queue has reached its high-water mark.

    What makes room for a newer frame is dropped, and not reported by Peer::framesNotSent(). A frame
    that has begun to leave always stays. QueueFull if the mark is reached all the same.
*/
enum class SlowPeerPolicy {
    DropNewest, ///< The peer doesn't get this frame.
    DropOldest, ///< The peer loses the oldest frames of that channel that have not begun to leave.
    Disconnect, ///< The session is aborted; what is queued is lost.
    /// The latest value wins: whether the mark is reached or not, the frame takes the place of all
    /// frames of that channel that have not begun to leave. For states and progress, of which only
    /// the last one matters.
    KeepLatest,
};
Q_ENUM_NS(SlowPeerPolicy)

} // namespace IpcPrims
