// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/pattern/pattern_p.h"

#include "schema/engine/evaluation_p.h"
#include "schema/pattern/ecmapattern_p.h"
#include "schema/pattern/matchdata_p.h"

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
// In PCRE2's unit, which is a choice of where to go on.
constexpr qsizetype BaseMatchLimit = 100'000;
constexpr qsizetype MatchLimitPerByte = 4;
// Most matches need far fewer, and PCRE2 does not tell how many: what needs more is tried again.
constexpr qsizetype FirstMatchLimit = 500;
constexpr qsizetype LimitGrowth = 8;
// A choice is a fraction of a step, and so is a byte that is passed over.
constexpr qsizetype ChoicesPerStep = 32;
constexpr qsizetype BytesPerStep = 64;
constexpr quint32 HeapLimit = 16 * 1024; // in KiB

const auto *asText(std::string_view text)
{
    return reinterpret_cast<PCRE2_SPTR8>(text.data());
}
} // namespace

Workspace::Workspace() = default;
Workspace::~Workspace() = default;

void Workspace::trim()
{
    constexpr std::size_t largestKept = std::size_t(1) << 17; // in bytes, of each
    const auto trimOne = [](auto &memory) {
        if (memory.capacity() * sizeof(memory[0]) > largestKept)
            std::decay_t<decltype(memory)>().swap(memory);
    };
    trimOne(evaluatedBits);
    trimOne(slots);
    trimOne(hashes);
}

Workspace::MatchData::MatchData()
    : block(pcre2_match_data_create_8(1, nullptr))
    , context(pcre2_match_context_create_8(nullptr))
{
    pcre2_set_heap_limit_8(context, HeapLimit);
}

Workspace::MatchData::~MatchData()
{
    pcre2_match_data_free_8(block);
    pcre2_match_context_free_8(context);
}

void Pattern::Deleter::operator()(pcre2_real_code_8 *code) const
{
    pcre2_code_free_8(code);
}

std::optional<Pattern> Pattern::compile(std::string_view expression, QString *error)
{
    const EcmaPattern translated = translateEcmaPattern(expression);
    if (!translated.error.isEmpty()) {
        *error = QStringLiteral("not a regular expression: %1").arg(translated.error);
        return std::nullopt;
    }
    int errorCode = 0;
    PCRE2_SIZE errorOffset = 0;
    Pattern pattern(pcre2_compile_8(asText(translated.pcre), translated.pcre.size(),
                                    PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY
                                            | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C,
                                    &errorCode, &errorOffset, nullptr));
    if (!pattern.m_code) {
        std::array<char, 128> message = {};
        pcre2_get_error_message_8(errorCode, reinterpret_cast<PCRE2_UCHAR8 *>(message.data()),
                                  message.size());
        *error = QStringLiteral("not a regular expression: %1").arg(QLatin1String(message.data()));
        return std::nullopt;
    }
    // Where there is no just-in-time compiler, matching is only slower.
    static_cast<void>(pcre2_jit_compile_8(pattern.m_code.get(), PCRE2_JIT_COMPLETE));
    return pattern;
}

int Pattern::match(std::string_view text, quint32 limit, Workspace &workspace) const
{
    auto &data = workspace.matchData;
    if (!data)
        data = std::make_unique<Workspace::MatchData>();
    pcre2_set_match_limit_8(data->context, limit);
    quint32 options = PCRE2_NO_UTF_CHECK; // the parser has checked it
    int result = pcre2_match_8(m_code.get(), asText(text), text.size(), 0, options, data->block,
                               data->context);
    // The interpreter takes its memory from the heap instead, and keeps it with the match data.
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) {
        options |= PCRE2_NO_JIT;
        result = pcre2_match_8(m_code.get(), asText(text), text.size(), 0, options, data->block,
                               data->context);
        data.reset();
    }
    return result;
}

// All matches of a message draw from its steps, or else many of them could each reach the limit.
bool Pattern::matches(std::string_view text, Evaluation &evaluation) const
{
    if (!evaluation.takeSteps(1 + qsizetype(text.size()) / BytesPerStep))
        return false;
    const qsizetype largest = BaseMatchLimit + MatchLimitPerByte * qsizetype(text.size());
    qsizetype limit = FirstMatchLimit;
    int result = match(text, quint32(limit), evaluation.workspace());
    while (result == PCRE2_ERROR_MATCHLIMIT && limit < largest) {
        limit = std::min(limit * LimitGrowth, largest);
        if (!evaluation.takeSteps(limit / ChoicesPerStep))
            return false;
        result = match(text, quint32(limit), evaluation.workspace());
    }
    if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        return evaluation.giveUp("a pattern takes too many steps for this message");
    return result >= 0;
}

} // namespace IpcPrims::JsonSchema
