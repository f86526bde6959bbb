// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"
#include "schema/formats/formats_p.h"
#include "schema/json/decimal_p.h"
#include "schema/pattern/pattern_p.h"

#include <algorithm>

namespace IpcPrims::JsonSchema {

namespace {
quint64 countCharacters(std::string_view utf8, Evaluation &evaluation)
{
    if (utf8.size() >= Value::BytesPerStep)
        evaluation.takeSteps(qsizetype(utf8.size() / Value::BytesPerStep));
    return quint64(std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

class MinLengthConstraint final : public Constraint
{
public:
    explicit MinLengthConstraint(quint64 min)
        : m_min(min)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        // A character has four bytes at most.
        return !value.isString() || value.text().size() / 4 >= m_min
               || countCharacters(value.text(), evaluation) >= m_min;
    }

private:
    const quint64 m_min;
};

class MaxLengthConstraint final : public Constraint
{
public:
    explicit MaxLengthConstraint(quint64 max)
        : m_max(max)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        return !value.isString() || value.text().size() <= m_max
               || countCharacters(value.text(), evaluation) <= m_max;
    }

private:
    const quint64 m_max;
};

class PatternConstraint final : public Constraint
{
public:
    explicit PatternConstraint(Pattern pattern)
        : m_pattern(std::move(pattern))
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        return !value.isString() || m_pattern.matches(value.text(), evaluation);
    }

private:
    const Pattern m_pattern;
};

class FormatConstraint final : public Constraint
{
public:
    explicit FormatConstraint(const Format &format)
        : m_format(format)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        if (!value.isString())
            return true;
        return evaluation.takeSteps(m_format.steps(value.text())) && m_format.check(value.text());
    }

private:
    const Format &m_format;
};
} // namespace

void compileStringKeywords(Compiler &compiler, const Value &schema)
{
    if (const Value *min = compiler.keyword(schema, "minLength", Vocabulary::Validation))
        compiler.add("minLength", *min, std::make_unique<MinLengthConstraint>(toCount(*min)));
    if (const Value *max = compiler.keyword(schema, "maxLength", Vocabulary::Validation))
        compiler.add("maxLength", *max, std::make_unique<MaxLengthConstraint>(toCount(*max)));
    if (const Value *pattern = compiler.keyword(schema, "pattern", Vocabulary::Validation)) {
        if (auto compiled = compiler.pattern(pattern->text(), *pattern))
            compiler.add("pattern", *pattern,
                         std::make_unique<PatternConstraint>(std::move(*compiled)));
    }
    // Without the vocabulary that asserts, a format only annotates.
    const Value *format = schema.find("format");
    if (format && compiler.assertsFormats()) {
        if (const Format *known = findFormat(format->text()))
            compiler.add("format", *format, std::make_unique<FormatConstraint>(*known));
    }
}

} // namespace IpcPrims::JsonSchema
