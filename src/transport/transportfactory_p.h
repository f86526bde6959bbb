// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/connector_p.h"
#include "transport/listener_p.h"

#include <IpcPrims/ipcprimsnamespace.h>

#include <memory>

namespace IpcPrims {

/// What Automatic means in this process: the platform's own unless the environment says otherwise.
IPCPRIMS_AUTOTEST_EXPORT Transport effectiveTransport(Transport transport);

IPCPRIMS_AUTOTEST_EXPORT std::unique_ptr<Listener> makeListener(Transport transport);
IPCPRIMS_AUTOTEST_EXPORT std::unique_ptr<Connector> makeConnector(Transport transport,
                                                                  Connector::Listener *listener);

} // namespace IpcPrims
