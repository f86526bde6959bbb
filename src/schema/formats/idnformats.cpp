// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/formats_p.h"

#include "schema/formats/bidirule_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qstring.h>

#include <idn2.h>

#include <algorithm>
#include <cstdint>
#include <string>

// Internationalised host names, as IDNA 2008 has them.

namespace IpcPrims::JsonSchema {

namespace {
// Empty if that fails.
std::string decoded(const char *encodedName)
{
    char *name = nullptr;
    const auto release = qScopeGuard([&] { idn2_free(name); });
    return idn2_to_unicode_8z8z(encodedName, &name, 0) == IDN2_OK ? std::string(name)
                                                                  : std::string();
}

bool hasEmptyLabel(std::string_view name)
{
    return name.empty() || name.starts_with('.') || name.ends_with('.')
           || name.find("..") != name.npos;
}

// The rules for characters that depend on those around them are only judged for a registration.
bool couldBeRegistered(std::string_view encodedName)
{
    for (;;) {
        const std::size_t dot = std::min(encodedName.find('.'), encodedName.size());
        const std::string label(encodedName.substr(0, dot));
        if (label.starts_with("xn--")) {
            const auto *bytes = reinterpret_cast<const std::uint8_t *>(label.c_str());
            std::uint8_t *registered = nullptr;
            const int result = idn2_register_u8(nullptr, bytes, &registered, 0);
            idn2_free(registered);
            if (result != IDN2_OK)
                return false;
        }
        if (dot == encodedName.size())
            return true;
        encodedName.remove_prefix(dot + 1);
    }
}
} // namespace

bool isIdnHostname(std::string_view text)
{
    constexpr std::size_t largestName = 253;
    if (text.empty() || text.size() > LargestIdnHostname || text.find('\0') != text.npos)
        return false;
    // The dots that RFC 3490 lets stand for one.
    QByteArray name(text.data(), qsizetype(text.size()));
    for (const char *dot : {"\u3002", "\uff0e", "\uff61"})
        name.replace(dot, ".");
    if (hasEmptyLabel(std::string_view(name.constData(), std::size_t(name.size()))))
        return false;

    char *encoded = nullptr;
    const auto release = qScopeGuard([&] { idn2_free(encoded); });
    const int result
            = idn2_to_ascii_8z(name.constData(), &encoded,
                               IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_ALABEL_ROUNDTRIP
                                       | IDN2_USE_STD3_ASCII_RULES);
    // Characters that are mapped to nothing may leave labels empty that were not.
    if (result != IDN2_OK || std::string_view(encoded).size() > largestName
        || hasEmptyLabel(encoded) || !couldBeRegistered(encoded))
        return false;
    const std::string unicode = decoded(encoded);
    return !hasEmptyLabel(unicode) && satisfiesBidiRule(QString::fromStdString(unicode));
}

} // namespace IpcPrims::JsonSchema
