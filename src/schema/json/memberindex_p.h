// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/hashslots_p.h"
#include "schema/json/value_p.h"

#include <span>

namespace IpcPrims::JsonSchema {

/// Objects with more members than this are searched by hash; for fewer a linear search is faster.
constexpr std::size_t LargestUnindexedObject = 12;

/*!
    Fills \a slots, as many as slotCount() says, with a table of \a members and returns how many are
    left: of members with the same name only the first stays, with the last one's value.
*/
std::size_t makeIndex(std::span<Member> members, std::span<HashSlot> slots);

/// The same by comparison of each with each, for few members.
std::size_t mergeRepeated(std::span<Member> members);

const Member *findIndexed(std::span<const Member> members, std::span<const HashSlot> slots,
                          std::string_view name);

/// Random, but the same for the whole process.
size_t hashSeed();
size_t hashOf(std::string_view text);

} // namespace IpcPrims::JsonSchema
