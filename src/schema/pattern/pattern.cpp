// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/pattern/pattern_p.h"

#include "schema/engine/evaluation_p.h"
#include "schema/pattern/ecmapattern_p.h"
#include "schema/pattern/matchdata_p.h"

#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
// What is passed over between two items of a pattern; about as fast as one item.
constexpr std::size_t BytesPerStep = 32;
constexpr quint32 LargestMemory = 16 * 1024; // of a match, in KiB

// Counts the work of a match. PCRE2's own limit does not see what repetitions of one character go
// through, which takes quadratic time and more if they follow one another.
struct Meter
{
    Evaluation &evaluation;
    std::size_t bytesPerItem; ///< The most that one item looks at without going on.
    std::size_t position = 0;
};

// Called before each item of a pattern.
int countItem(pcre2_callout_block_8 *item, void *data)
{
    auto *meter = static_cast<Meter *>(data);
    const std::size_t position = item->current_position;
    std::size_t bytes = meter->bytesPerItem;
    if (position > meter->position)
        bytes += position - meter->position;
    meter->position = position;
    return meter->evaluation.takeSteps(1 + qsizetype(bytes / BytesPerStep)) ? 0
                                                                            : PCRE2_ERROR_CALLOUT;
}

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
    if (matchData && matchData->stack)
        matchData.reset();
}

Workspace::MatchData::MatchData()
    : block(pcre2_match_data_create_8(1, nullptr))
    , context(pcre2_match_context_create_8(nullptr))
{
    pcre2_set_heap_limit_8(context, LargestMemory);
}

Workspace::MatchData::~MatchData()
{
    pcre2_match_data_free_8(block);
    pcre2_match_context_free_8(context);
    pcre2_jit_stack_free_8(stack);
}

void Workspace::MatchData::enlargeStack()
{
    constexpr std::size_t initialSize = 64 * 1024;
    stack = pcre2_jit_stack_create_8(initialSize, std::size_t(LargestMemory) * 1024, nullptr);
    pcre2_jit_stack_assign_8(context, nullptr, stack);
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
    quint32 options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY
                      | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C;
    if (!translated.isLinear)
        options |= PCRE2_AUTO_CALLOUT;
    Pattern pattern(pcre2_compile_8(asText(translated.pcre), translated.pcre.size(), options,
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
    quint32 backReferences = 0;
    pcre2_pattern_info_8(pattern.m_code.get(), PCRE2_INFO_BACKREFMAX, &backReferences);
    pattern.m_hasBackReferences = backReferences > 0;
    pattern.m_largestMinimum = translated.largestMinimum;
    pattern.m_isMetered = !translated.isLinear;
    return pattern;
}

std::size_t Pattern::memory() const
{
    std::size_t size = 0;
    std::size_t jitSize = 0;
    pcre2_pattern_info_8(m_code.get(), PCRE2_INFO_SIZE, &size);
    pcre2_pattern_info_8(m_code.get(), PCRE2_INFO_JITSIZE, &jitSize);
    return size + jitSize;
}

int Pattern::match(std::string_view text, Workspace &workspace) const
{
    Workspace::MatchData &data = *workspace.matchData;
    constexpr quint32 options = PCRE2_NO_UTF_CHECK; // the parser has checked it
    int result = pcre2_match_8(m_code.get(), asText(text), text.size(), 0, options, data.block,
                               data.context);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT && !data.stack) {
        data.enlargeStack();
        result = pcre2_match_8(m_code.get(), asText(text), text.size(), 0, options, data.block,
                               data.context);
    }
    return result;
}

bool Pattern::matches(std::string_view text, Evaluation &evaluation) const
{
    // To begin a match takes longer than to go on with it.
    constexpr qsizetype firstSteps = 8;
    if (!evaluation.takeSteps(firstSteps + qsizetype(text.size() / BytesPerStep)))
        return false;
    Workspace &workspace = evaluation.workspace();
    if (!workspace.matchData)
        workspace.matchData = std::make_unique<Workspace::MatchData>();
    // A back reference may look at all of the text again.
    Meter meter{evaluation, m_hasBackReferences ? text.size() : m_largestMinimum};
    if (m_isMetered)
        pcre2_set_callout_8(workspace.matchData->context, countItem, &meter);
    const int result = match(text, workspace);
    if (result == PCRE2_ERROR_CALLOUT)
        return false;
    if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        return evaluation.giveUp("a pattern takes too much memory for this message");
    return result >= 0;
}

} // namespace IpcPrims::JsonSchema
