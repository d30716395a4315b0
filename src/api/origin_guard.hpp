// What pages of other origins may do to the registry of whoever looks at them.
//
// A browser sends requests on behalf of any page it shows, and says so in Origin. Every page may
// read as far as CORS lets it; what changes something, or touches the registry's controls, is for
// pages of the registry itself and of the origins that are listed. A page is not of the registry
// itself because its host is that of the request: with DNS rebinding an attacker's name leads
// here. So the host must be one that attackers cannot have, or be configured.
#pragma once

#include "api/options.hpp"
#include "domain/error.hpp"
#include "http/request_head.hpp"

#include <optional>
#include <string>

namespace gantry::api {

/// Why the page that sent the request may not do so; absent if it may, and for clients that are no
/// browsers. A preflight is judged as the request that it asks for. Errors: origin_refused.
std::optional<error> refuse_by_origin(const http::request_head& head, const options& settings);

/// The CORS fields of an answer, each with its CRLF. `head` is null if there is no readable one.
void append_cors_fields(std::string& fields, const http::request_head* head,
                        const options& settings);

/// The methods that a page of this origin may use, out of `methods`; for the answer to a preflight.
/// Empty if CORS lets it use none.
std::string cors_methods(std::string_view methods, const http::request_head& head,
                         const options& settings);

} // namespace gantry::api
