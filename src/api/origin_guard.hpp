// What web pages of other origins may do to a registry that their viewers can reach.
//
// A browser sends requests on behalf of any page it shows, and names the page's origin in Origin.
// Every page may read as far as CORS allows. Only pages of the registry itself and of listed
// origins may change something or use the registry's controls. A page is not proven to be the
// registry's own if its host is that of the request, because DNS rebinding can point an attacker's
// name at this server. The host must also be one that an attacker cannot own, or be configured.
#pragma once

#include "api/options.hpp"
#include "domain/error.hpp"
#include "http/request_head.hpp"

#include <optional>
#include <string>

namespace gantry::api {

/// Why the page may not send this request; absent if it may, or if the client is not a browser. A
/// preflight is judged like the request that it announces. Errors: origin_refused.
std::optional<error> refuse_by_origin(const http::request_head& head, const options& settings);

/// The CORS fields of an answer, each with its CRLF. `head` is null if the request had no readable
/// head.
void append_cors_fields(std::string& fields, const http::request_head* head,
                        const options& settings);

/// Those of `methods` that a page of this origin may use, for the answer to a preflight. Empty if
/// CORS allows none.
std::string cors_methods(std::string_view methods, const http::request_head& head,
                         const options& settings);

} // namespace gantry::api
