// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qobjectdefs.h>

namespace IpcPrims {
Q_NAMESPACE_EXPORT(IPCPRIMS_CORE_EXPORT)

// All enumerations of the namespace stand here because moc allows one Q_NAMESPACE for each.

/*!
    The kind of an error, for programs. Error::message() is for people: it says what failed, where,
    and which limit or value was expected.
*/
enum class ErrorCode {
    NoError,

    // Reaching or offering an endpoint.
    InvalidEndpoint, ///< No usable path or name: empty, or with a NUL in it.
    PathTooLong, ///< The path does not fit the system's socket address.
    PathOccupied, ///< Something that is not a socket is at the path; it was left untouched.
    AddressInUse, ///< A live server listens at the path, or holds its lock.
    NotFound, ///< Nothing is at the path, or its directory does not exist.
    ConnectionRefused, ///< A socket is at the path, but no process listens on it.
    PermissionDenied, ///< The operating system or the authorizer refused.
    ResourcesExhausted, ///< Out of descriptors or memory; the same call may succeed later.
    SystemError, ///< Any other failure of a system call; see nativeError().
    Unsupported, ///< Not available on this operating system.

    // Frames.
    BadMagic, ///< The other side does not speak this protocol.
    PayloadTooLarge, ///< A length over the limit that applies.
    TruncatedFrame, ///< The stream ended inside a frame.
    StreamError, ///< Reading from or writing to an open stream failed, or its writer cut it.

    // Handshake.
    HandshakeMalformed, ///< Not the JSON object of a handshake.
    ProtocolMismatch, ///< Another protocol name.
    VersionMismatch, ///< An incompatible protocol version.
    ChannelsRefused, ///< No usable channel list, or no channel in common.
    AuthTokenInvalid, ///< A token of the wrong form or length.
    HandshakeRefused, ///< The other side closed the connection instead of answering.

    // An open session.
    NotConnected, ///< There is no open session.
    UnsupportedChannel, ///< The channel was not negotiated for this session.
    QueueFull, ///< The channel's queue has reached its high-water mark; see readyToSend().
    BufferFull, ///< A received frame did not fit its channel's buffer and is lost.
    Timeout, ///< The time-out passed; the message says of what.
    Disconnected, ///< The other side closed the connection.
    ProtocolViolation, ///< The other side broke a rule of the session, which therefore ended.
    RateExceeded, ///< The other side sent faster than this side's ReceiveLimits allow.
    ShutdownRequested, ///< The other side asked to end the session.
    ShutdownFailed, ///< The other side did not acknowledge our shutdown request.
    RequestFailed, ///< A request has no answer: the other side reported that, or this side failed.
    Cancelled, ///< Ended by this side, for example by close() or a destructor.
    InvalidArgument, ///< An invalid argument or call; the message says what is allowed.

    // Validation.
    ValidationFailed, ///< The validator refused the payload.
    InvalidSchema, ///< A schema can't be read, isn't valid, or refers to a missing one.
};
Q_ENUM_NS(ErrorCode)

/*!
    The implementation below a session. Both reach the same endpoints and look the same on the wire.
*/
enum class Transport {
    /// Native where it exists, else LocalSocket, unless the environment variable
    /// \c IPCPRIMS_TRANSPORT (\c native or \c localsocket) overrides that.
    Automatic,
    Native, ///< The Unix socket's descriptor, read and written directly.
    LocalSocket, ///< QLocalServer and QLocalSocket; what Windows always uses.
};
Q_ENUM_NS(Transport)

/*!
    The form of a client's authentication token in the handshake. Which one a server understands
    depends on its release, not on the protocol's version; a server of this library understands all.
*/
enum class TokenFormat {
    HexObject, ///< {"hex":"00ff…"}: servers of release 0.2.5. The default.
    ByteArray, ///< [0,255,…]: servers of release 0.2.5; only short tokens fit the handshake.
    String, ///< "text": servers of releases 0.2.0 and 0.2.1; the token must be UTF-8 text.
};
Q_ENUM_NS(TokenFormat)

/*!
    What send() and Server::broadcast() do if a channel's queue has reached its high-water mark,
    because the other side doesn't read as fast as this side sends.

    Frames that are dropped for a newer one are not reported by Peer::framesNotSent(). A partly
    written frame is never dropped. If that doesn't make enough room, the result is QueueFull.
*/
enum class SlowPeerPolicy {
    DropNewest, ///< This frame isn't sent.
    DropOldest, ///< The channel's oldest queued frames are dropped.
    Disconnect, ///< The session is aborted, and its queue dropped.
    /// The latest value wins: the frame replaces all queued frames of the channel, whether the mark
    /// is reached or not. For states and progress, of which only the last value matters.
    KeepLatest,
};
Q_ENUM_NS(SlowPeerPolicy)

} // namespace IpcPrims
