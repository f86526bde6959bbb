// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A text is loaded as a schema or refused with a reason, and what was loaded judges messages.

#include "require.h"

#include <IpcPrims/schemaregistry.h>

using namespace IpcPrims;

namespace {
constexpr quint16 Channel = 1;
constexpr qsizetype LongestMessage = 4096;

void judge(const SchemaRegistry &registry, QByteArrayView payload)
{
    const auto first = registry.validate(Channel, payload);
    const auto second = registry.validate(Channel, payload);
    require(first.has_value() == second.has_value(), "a verdict stays the same");
    if (!first)
        return;
    require(first->message == second->message, "so does the reason");
    require(!first->errors.isEmpty(), "there is an error where something is wrong");
    require(first->message.size() < LongestMessage, "messages are short");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8 *data, size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), qsizetype(size));
    const quint16 choice = qChecksum(text);
    SchemaOptions options;
    options.strictMode = (choice & 1) != 0;
    options.assertFormats = (choice & 2) != 0;
    options.excerptLength = (choice & 4) != 0 ? 20 : 0;
    SchemaRegistryBuilder builder(options);
    const Error added = builder.registerSchema(Channel, text);
    // A text that is no schema may still be a document of another one.
    static_cast<void>(builder.addResource(QStringLiteral("urn:document"), text));
    Error error = added;
    const auto registry = added ? nullptr : builder.build(&error);
    require((registry == nullptr) == bool(error), "there is a registry or an error");
    require(error.message().size() < LongestMessage, "messages are short");
    if (!registry) {
        require(!builder.problems().isEmpty(), "what can't be used has a problem");
        return 0;
    }
    judge(*registry, text);
    for (const char *payload : {"{}", "[1,\"a\",[]]", "1.0", "\"2026-01-01\"", "null",
                                R"({"a":{"b":[1,1.5]},"":"x"})", "[[1],[1.0]]", "{"})
        judge(*registry, payload);
    return 0;
}
