// Conditional requests on content that never changes under its digest (RFC 9110, 13).
#pragma once

#include "domain/digest.hpp"
#include "http/request_head.hpp"

#include <string>
#include <string_view>

namespace gantry::http {

/// `"sha256:…"`, a strong validator.
std::string entity_tag(const digest& id);

/// Whether If-None-Match names `id`: quoted, weak, unquoted as some clients send it, in a list, or
/// as `*`.
bool is_not_modified(const request_head& head, const digest& id);

/// The Range that counts: absent where If-Range names other content.
std::optional<std::string_view> effective_range(const request_head& head, const digest& id);

} // namespace gantry::http
