// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qobjectdefs.h>
#include <QtCore/qshareddata.h>

#include <chrono>

namespace IpcPrims {

class BlockingSession;
class PeerPrivate;
class ReceiveLimitsData;
class ReceiveMeter;

/*!
    Limits of received frames beyond those of the protocol: the size of payloads, and bytes and
    frames per second. A value class; set it with Peer::setReceiveLimits(),
    Server::setReceiveLimits() and their blocking counterparts. By default payloads of up to
    MaxPayloadSize at any rate.

    \code
    IpcPrims::ReceiveLimits limits;
    limits.setMaxPayloadSize(64 * 1024);
    limits.setMaxPayloadSize(IpcPrims::Channel::Data, 4 * 1024 * 1024);
    limits.setRate(10 * 1024 * 1024, 5000);
    server.setReceiveLimits(limits);
    \endcode

    The limits don't affect sending. They apply to an open session; the handshake and the channel
    CONTROL have limits of their own (16 KiB and 64 KiB).
*/
class IPCPRIMS_CORE_EXPORT ReceiveLimits
{
    Q_GADGET
    Q_PROPERTY(qint64 maxPayloadSize READ maxPayloadSize WRITE setMaxPayloadSize)
    Q_PROPERTY(qint64 bytesPerSecond READ bytesPerSecond)
    Q_PROPERTY(qint64 framesPerSecond READ framesPerSecond)
    Q_PROPERTY(IpcPrims::ReceiveLimits::RatePolicy ratePolicy READ ratePolicy)

public:
    /// What happens when the other side sends faster than the rate allows.
    enum class RatePolicy {
        /// Reading pauses until the rate allows more, which holds the other side back. Its pings
        /// get no answer meanwhile, as with Peer::setReceiving().
        Wait,
        /// The session ends with RateExceeded. The frame beyond the rate is not delivered.
        Disconnect,
    };
    Q_ENUM(RatePolicy)

    ReceiveLimits();
    ~ReceiveLimits();
    ReceiveLimits(const ReceiveLimits &other);
    ReceiveLimits &operator=(const ReceiveLimits &other);
    ReceiveLimits(ReceiveLimits &&other) noexcept;
    ReceiveLimits &operator=(ReceiveLimits &&other) noexcept;

    /*!
        The largest payload in bytes, 0 to MaxPayloadSize, which is the default. The header of a
        larger frame ends the session with PayloadTooLarge, before memory is reserved for it.
    */
    qint64 maxPayloadSize() const;
    void setMaxPayloadSize(qint64 bytes);
    /// As above for one channel, whose limit may be smaller or larger than the common one. The
    /// limit of CONTROL can't be changed.
    qint64 maxPayloadSize(quint16 channel) const;
    void setMaxPayloadSize(quint16 channel, qint64 bytes);

    /*!
        Allows \a bytesPerSecond and \a framesPerSecond; 0 means no limit. After a quiet time, as
        much may arrive at once as the rate allows in \a burst (at least one byte or frame); 1 s by
        default. Frames of all channels count, those of CONTROL too, and the 8 bytes of each header.

        A frame counts when it is complete. One that is larger than the burst is delivered, and the
        excess counts against the frames that follow.
    */
    void setRate(qint64 bytesPerSecond, qint64 framesPerSecond,
                 RatePolicy policy = RatePolicy::Wait,
                 std::chrono::milliseconds burst = std::chrono::seconds(1));
    /// Zero without a limit, the default.
    qint64 bytesPerSecond() const;
    /// Zero without a limit, the default.
    qint64 framesPerSecond() const;
    RatePolicy ratePolicy() const;
    std::chrono::milliseconds rateBurst() const;

    friend bool operator==(const ReceiveLimits &a, const ReceiveLimits &b) { return a.equals(b); }
    friend bool operator!=(const ReceiveLimits &a, const ReceiveLimits &b) { return !a.equals(b); }

private:
    friend class BlockingSession;
    friend class PeerPrivate;
    friend class ReceiveMeter;
    bool equals(const ReceiveLimits &other) const;

    QSharedDataPointer<ReceiveLimitsData> d;
};

} // namespace IpcPrims
