// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "exchange.grpc.pb.h"
#include "peers/peer.h"

#include <grpcpp/grpcpp.h>

namespace Bench {

constexpr int NoLimit = -1;

inline std::string addressOf(const Setup &setup)
{
    return "unix:" + setup.path.toStdString();
}

inline std::shared_ptr<grpc::Channel> newChannel(const Setup &setup)
{
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(NoLimit);
    // Otherwise all channels share one connection.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(addressOf(setup), grpc::InsecureChannelCredentials(),
                                     arguments);
}

inline QByteArrayView payloadOf(const Proto::Frame &frame)
{
    return QByteArrayView(frame.payload().data(), qsizetype(frame.payload().size()));
}

inline void set(Proto::Frame *frame, quint16 channel, QByteArrayView payload)
{
    frame->set_channel(channel);
    frame->set_payload(payload.data(), size_t(payload.size()));
}

} // namespace Bench
