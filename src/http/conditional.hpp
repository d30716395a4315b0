// Conditional requests on content that never changes under its entity tag (RFC 9110, 13).
#pragma once

#include "http/request_head.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::http {

/// `"tag"`, a strong validator. `tag` contains no quote and no comma, here and below.
std::string entity_tag(std::string_view tag);

/// Whether If-None-Match names `tag`: quoted, weak, unquoted as some clients send it, in a list, or
/// as `*`.
bool is_not_modified(const request_head& head, std::string_view tag);

/// The Range to apply; absent if If-Range names other content.
std::optional<std::string_view> effective_range(const request_head& head, std::string_view tag);

} // namespace gantry::http
