// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"
#include "schema/keywords/propertykeywords_p.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
// The names of required members, as they stand in the schema. valijson cuts names at a NUL.
class RequiredConstraint final : public Constraint
{
public:
    explicit RequiredConstraint(std::span<const Value> names)
        : m_names(names)
    {
        std::size_t bytes = 0;
        for (const Value &name : names)
            bytes += BytesPerName + name.text().size();
        m_work = qsizetype(bytes / Value::BytesPerStep);
    }
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        if (!value.isObject())
            return true;
        // Most messages have their members in the order in which the schema names them.
        auto next = value.members().begin();
        const auto end = value.members().end();
        bool isValid = true;
        qsizetype work = m_work;
        for (const Value &name : m_names) {
            if (next != end && next->key() == name.text()) {
                ++next;
                continue;
            }
            work += value.workToFind(name.text());
            if (value.find(name.text()))
                continue;
            isValid = evaluation.report(value, &name);
            if (!evaluation.wantsMore())
                break;
        }
        evaluation.takeSteps(work);
        return isValid;
    }

private:
    static constexpr std::size_t BytesPerName = 8; ///< What a name takes, however short it is.

    const std::span<const Value> m_names;
    qsizetype m_work; ///< To compare all names.
};

// What a member's presence asks for: other members, or a schema for the whole object.
class DependentConstraint final : public Constraint
{
public:
    struct Dependency
    {
        std::string_view name;
        std::unique_ptr<const RequiredConstraint> required;
        const Schema *schema; ///< Either may be null.
    };

    explicit DependentConstraint(std::vector<Dependency> dependencies)
        : m_dependencies(std::move(dependencies))
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        if (!value.isObject())
            return true;
        bool isValid = true;
        for (const Dependency &dependency : m_dependencies) {
            if (!evaluation.takeSteps(value.workToFind(dependency.name)))
                return false;
            if (!value.find(dependency.name))
                continue;
            if (dependency.required)
                isValid = dependency.required->isMetBy(value, evaluation) && isValid;
            if (dependency.schema)
                isValid = evaluation.evaluate(*dependency.schema, value) && isValid;
            if (!isValid && !evaluation.wantsMore())
                break;
        }
        return isValid;
    }

private:
    const std::vector<Dependency> m_dependencies;
};

class PropertyNamesConstraint final : public Constraint
{
public:
    explicit PropertyNamesConstraint(const Schema &schema)
        : m_schema(schema)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        const std::span<const Member> members = value.members();
        bool isValid = true;
        std::size_t count = 0;
        while (count < members.size() && (isValid || evaluation.wantsMore()))
            isValid = evaluation.evaluateChild(m_schema, members[count++].name) && isValid;
        evaluation.takeStepsOfLoop(count);
        return isValid;
    }

private:
    const Schema &m_schema;
};

void compileDependent(Compiler &compiler, const Value &schema, std::string_view keyword,
                      Vocabulary vocabulary, Drafts drafts)
{
    const Value *argument = compiler.keyword(schema, keyword, vocabulary, drafts);
    if (!argument)
        return;
    std::vector<DependentConstraint::Dependency> dependencies;
    for (const Member &member : argument->members()) {
        const std::string_view name = member.key();
        if (member.value.isArray())
            dependencies.push_back(
                    {name, std::make_unique<RequiredConstraint>(member.value.elements()), nullptr});
        else
            dependencies.push_back({name, nullptr, &compiler.inPlace(member.value)});
    }
    compiler.add(keyword, *argument, std::make_unique<DependentConstraint>(std::move(dependencies)),
                 true);
}
} // namespace

void compileObjectKeywords(Compiler &compiler, const Value &schema)
{
    if (const Value *names = compiler.keyword(schema, "required", Vocabulary::Validation))
        compiler.add("required", *names, std::make_unique<RequiredConstraint>(names->elements()),
                     true);
    compileProperties(compiler, schema);
    if (const Value *names = compiler.keyword(schema, "propertyNames", Vocabulary::Applicator))
        compiler.add("propertyNames", *names,
                     std::make_unique<PropertyNamesConstraint>(compiler.subschema(*names)), true);
    constexpr Drafts since2019 = Draft::Draft2019 | Draft::Draft2020;
    compileDependent(compiler, schema, "dependentRequired", Vocabulary::Validation, since2019);
    compileDependent(compiler, schema, "dependentSchemas", Vocabulary::Applicator, since2019);
    compileDependent(compiler, schema, "dependencies", Vocabulary::Applicator,
                     since2019 | Draft::Draft7);
}

} // namespace IpcPrims::JsonSchema
