// What a registry holds, for rules about it.
#pragma once

#include "api/exchange.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace gantry::api {

/// The `last` of a page that begins with names that have this prefix, which is not empty: no name
/// lies between the two.
std::string just_before(std::string prefix);

/// Whether there is a repository with this name or, with `below`, one below it. Errors: those of
/// `msg::list_repositories`.
boost::asio::awaitable<result<bool>> exists(exchange& ex, std::string_view name, bool below);

/// A tag of the manifest; empty if it has none, or the repository cannot be read. Looks at all tags
/// of the repository.
boost::asio::awaitable<std::string> find_tag(exchange& ex, const repository_name& repository,
                                             const digest& id);

} // namespace gantry::api
