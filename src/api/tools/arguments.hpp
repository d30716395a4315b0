// Reads the arguments of a tool.
#pragma once

#include "domain/error.hpp"
#include "domain/repository_name.hpp"
#include "faults/json_members.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace gantry::api::tools {

using faults::members;

/// Calls `read(members&)`, which reads every argument that there may be. Errors: request_invalid,
/// with the argument that is wrong or not known.
template <class Read>
result<void> read_arguments(const boost::json::object& arguments, const Read& read) {
  std::optional<error> mistake;
  members from{arguments, "", mistake};
  read(from);
  from.finish();
  if (mistake)
    return std::move(*mistake);
  return {};
}

/// Errors: request_invalid.
inline result<void> read_no_arguments(const boost::json::object& arguments) {
  return read_arguments(arguments, [](members&) {});
}

/// Errors: request_invalid, with an example.
inline result<repository_name> parse_repository(std::string_view text) {
  auto name = repository_name::parse(text);
  if (!name)
    return fail(errc::request_invalid, "repository: expected the name of a repository, such as "
                                       "library/hello-world");
  return name;
}

} // namespace gantry::api::tools
