// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/SchemaRegistry>

int main()
{
    IpcPrims::SchemaRegistryBuilder builder;
    builder.registerSchema(1, R"({"type": "string", "pattern": "^[a-z]+$"})");
    const auto registry = builder.build();
    const bool works = registry && !registry->validate(1, "\"good\"") && registry->validate(1, "1");
    return works ? 0 : 1;
}
