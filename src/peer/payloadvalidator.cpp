// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/payloadvalidator.h>

namespace IpcPrims {

PayloadValidator::~PayloadValidator() = default;

} // namespace IpcPrims
