// The head of a response as text, with the fields that every response carries. Writing it into a
// reused string costs a fraction of building a Beast message.
#pragma once

#include "http/request_head.hpp"
#include "http/response.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::http {

/// Replaces `text` by the status line and the header fields of `reply`. `head` is null if the
/// request had no readable head.
void write_response_head(std::string& text, const response& reply, const request_head* head,
                         std::string_view request_id);

/// The client's own X-Request-Id if it is 1 to 128 letters, digits, `.`, `_` or `-`; else a new
/// one of 16 hex digits.
std::string make_request_id(std::optional<std::string_view> offered);

/// The time as an HTTP date (RFC 9110, 5.6.7), formatted once per second and thread.
std::string_view http_date();

} // namespace gantry::http
