// The responses of the registry's API.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"
#include "storage/api/blob.hpp"

#include <optional>
#include <string_view>

namespace gantry::api {

using http::make_empty;
using http::make_json;
using http::make_text;
using http::response;

/// Sets Docker-Content-Digest.
void set_digest(response& reply, const digest& id);
/// Sets Docker-Content-Digest, and the ETag of content with this digest.
void set_identity(response& reply, const digest& id);

/// Whether If-None-Match names `id`.
bool is_not_modified(const http::request_head& head, const digest& id);
/// The Range to apply; absent if If-Range names other content than `id`.
std::optional<std::string_view> effective_range(const http::request_head& head, const digest& id);

/// The bytes of a blob. If its file cannot be read while it is sent, the log says so.
http::content content_of(const blob_ptr& source);

/// 200 `{"ok":true}`: done, and nothing to say about it.
response make_ok();

/// The registry's error body; 405 carries `allow` as Allow, 429 and 503 a Retry-After.
response make_error_response(const error& failure, std::string_view allow = {});

} // namespace gantry::api
