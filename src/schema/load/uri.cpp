// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/load/uri_p.h"

#include <algorithm>
#include <charconv>

namespace IpcPrims::JsonSchema {

namespace {
// What a reference without fragment is made of (RFC 3986, appendix B).
struct Components
{
    std::string_view scheme; ///< With the colon.
    std::string_view authority; ///< With the two slashes.
    std::string_view path;
    std::string_view query; ///< With the question mark.
};

std::string_view takeFirst(std::string_view *text, std::size_t count)
{
    const std::string_view taken = text->substr(0, count);
    text->remove_prefix(taken.size());
    return taken;
}

Components split(std::string_view uri)
{
    Components parts;
    const std::size_t colon = uri.find_first_of(":/?");
    if (colon != uri.npos && colon > 0 && uri[colon] == ':')
        parts.scheme = takeFirst(&uri, colon + 1);
    if (uri.starts_with("//"))
        parts.authority = takeFirst(&uri, std::min(uri.find_first_of("/?", 2), uri.size()));
    parts.path = takeFirst(&uri, std::min(uri.find('?'), uri.size()));
    parts.query = uri;
    return parts;
}

std::string withoutDotSegments(std::string_view path)
{
    std::string result;
    while (!path.empty()) {
        if (path.starts_with("../")) {
            path.remove_prefix(3);
        } else if (path.starts_with("./") || path.starts_with("/./")) {
            path.remove_prefix(2);
        } else if (path == "/.") {
            path = "/";
        } else if (path.starts_with("/../") || path == "/..") {
            path = path == "/.." ? std::string_view("/") : path.substr(3);
            result.erase(std::min(result.rfind('/'), result.size()));
        } else if (path == "." || path == "..") {
            break;
        } else {
            result += takeFirst(&path, std::min(path.find('/', 1), path.size()));
        }
    }
    return result;
}

std::string merged(const Components &base, std::string_view path)
{
    if (!base.authority.empty() && base.path.empty())
        return std::string("/").append(path);
    const std::size_t slash = base.path.rfind('/');
    return std::string(base.path.substr(0, slash == base.path.npos ? 0 : slash + 1)).append(path);
}
} // namespace

UriParts splitFragment(std::string_view reference)
{
    const std::size_t sign = std::min(reference.find('#'), reference.size());
    return {reference.substr(0, sign), reference.substr(std::min(sign + 1, reference.size()))};
}

std::string resolveUri(std::string_view base, std::string_view reference)
{
    if (reference.empty())
        return std::string(base);
    const Components from = split(base);
    Components to = split(reference);
    std::string path;
    if (!to.scheme.empty() || !to.authority.empty() || to.path.starts_with('/')) {
        path = withoutDotSegments(to.path);
    } else if (to.path.empty()) {
        path = from.path;
        if (to.query.empty())
            to.query = from.query;
    } else {
        path = withoutDotSegments(merged(from, to.path));
    }
    if (to.scheme.empty()) {
        to.scheme = from.scheme;
        if (to.authority.empty())
            to.authority = from.authority;
    }
    return std::string(to.scheme).append(to.authority).append(path).append(to.query);
}

std::string percentDecoded(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        unsigned char byte = 0;
        const char *digits = text.data() + 1;
        if (text.size() >= 3 && text.front() == '%'
            && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            result += char(byte);
            text.remove_prefix(3);
        } else {
            result += takeFirst(&text, 1);
        }
    }
    return result;
}

} // namespace IpcPrims::JsonSchema
