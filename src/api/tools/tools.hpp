// What agents may do with the registry, by the Model Context Protocol: a function per tool. The
// table says what agents are told of each.
#pragma once

#include "api/exchange.hpp"
#include "domain/error.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <cstddef>

namespace gantry::api::tools {

/// The structured result of a call; the error says what the agent should do. Arguments are
/// untrusted and outlive the coroutine. All: request_invalid, with the argument that is wrong.
using outcome = boost::asio::awaitable<result<boost::json::object>>;

// Content. Errors: also those of the actors.

outcome list_repositories(exchange& ex, const boost::json::object& arguments);
outcome list_tags(exchange& ex, const boost::json::object& arguments);
outcome read_manifest(exchange& ex, const boost::json::object& arguments);
/// Stores an image that is made of texts, as clients push one: blobs, then the manifest.
outcome push_image(exchange& ex, const boost::json::object& arguments);
/// As `POST /__parlel/reset`. Errors: also reset_disabled.
outcome reset(exchange& ex, const boost::json::object& arguments);

// Faults.

outcome set_fault(exchange& ex, const boost::json::object& arguments);
outcome list_faults(exchange& ex, const boost::json::object& arguments);
/// Removes one fault, or all. Errors: also fault_unknown.
outcome clear_faults(exchange& ex, const boost::json::object& arguments);

// The journal. Errors: also route_unknown (nothing is recorded).

outcome list_requests(exchange& ex, const boost::json::object& arguments);
outcome clear_requests(exchange& ex, const boost::json::object& arguments);

/// The most recorded requests in one result.
inline constexpr std::size_t max_requests = 100;

} // namespace gantry::api::tools
