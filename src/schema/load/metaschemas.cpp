// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/load/metaschemas_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/explanation_p.h"

#include <QtCore/qdiriterator.h>
#include <QtCore/qfile.h>

#include <vector>

// Has to be outside of any namespace.
static void initialiseResources()
{
    Q_INIT_RESOURCE(metaschemas); // in a static library nobody else does
}

namespace IpcPrims::JsonSchema {

namespace {
// Compiled once for all registries, by whoever loads the first schema.
class StandardMetaschemas
{
public:
    StandardMetaschemas()
    {
        addMetaschemas(&m_index);
        m_index.index();
        Compiler compiler(m_index, m_program, false);
        for (const auto &source : m_index.sources()) {
            if (standardDialect(source->uri))
                m_schemas.emplace(source->uri, compiler.compileSource(*source));
        }
        if (!m_index.problems().empty() || compiler.finish())
            qFatal("A meta-schema of the library is broken");
    }

    const Schema *find(std::string_view uri) const
    {
        const auto schema = m_schemas.find(uri);
        return schema == m_schemas.end() ? nullptr : schema->second;
    }
    bool tracksScope() const { return m_program.tracksScope; }

private:
    ResourceIndex m_index;
    Program m_program;
    std::map<std::string, const Schema *, std::less<>> m_schemas;
};
} // namespace

void addMetaschemas(ResourceIndex *index)
{
    initialiseResources();
    QDirIterator files(QStringLiteral(":/ipcprims/metaschemas"), QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        auto source = std::make_unique<Source>();
        if (!file.open(QFile::ReadOnly))
            qFatal("A meta-schema of the library is missing");
        source->text = file.readAll();
        source->isTrusted = true;
        if (!source->document.parse(source->text))
            qFatal("A meta-schema of the library is not JSON");
        std::string_view id = source->document.root().find("$id")->text();
        source->uri = id.substr(0, id.find('#')); // draft 7 writes an empty fragment
        source->label = QString::fromStdString(source->uri);
        index->add(std::move(source));
    }
}

std::optional<SchemaFault> findFault(const Schema &schema, const Value &value, bool tracksScope,
                                     const std::unordered_set<const Value *> &exempt,
                                     qsizetype *steps)
{
    Workspace workspace;
    Evaluation evaluation(workspace, *steps, tracksScope);
    evaluation.exempt(exempt);
    const Evaluation::Verdict verdict = evaluation.run(schema, value);
    *steps = evaluation.stepsLeft();
    if (verdict == Evaluation::Verdict::Valid)
        return std::nullopt;
    std::vector<Issue> issues;
    Evaluation second(workspace, *steps, tracksScope);
    second.exempt(exempt);
    if (verdict == Evaluation::Verdict::Invalid)
        second.explain(schema, value, 1, &issues);
    *steps = second.stepsLeft();
    if (!issues.empty())
        return SchemaFault{issues.front().instance, describe(issues.front(), 0)};
    const char *reason = evaluation.reason() ? evaluation.reason() : second.reason();
    return SchemaFault{&value, QStringLiteral("can't be checked: %1").arg(QLatin1String(reason))};
}

std::optional<SchemaFault> findMetaschemaFault(std::string_view metaschema, const Value &schema,
                                               const std::unordered_set<const Value *> &exempt,
                                               qsizetype *steps)
{
    static const StandardMetaschemas standard;
    const Schema *compiled = standard.find(metaschema);
    if (!compiled)
        return std::nullopt;
    return findFault(*compiled, schema, standard.tracksScope(), exempt, steps);
}

} // namespace IpcPrims::JsonSchema
