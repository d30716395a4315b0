// Tools that a server offers to agents, and what their calls return.
#pragma once

#include <boost/json/object.hpp>

#include <string_view>

namespace gantry::mcp {

/// How a tool changes what it works on, so that a client can ask its user first.
struct tool_hints {
  bool only_reads = false;
  /// What it removes is gone.
  bool destroys = false;
  /// A second call with the same arguments changes nothing.
  bool repeatable = false;
};

/// The texts are constants.
struct tool {
  std::string_view name;
  /// For people.
  std::string_view title;
  /// For the agent: when to use it.
  std::string_view description;
  /// JSON Schemas of the arguments and of the result, both objects.
  std::string_view arguments;
  std::string_view result;
  tool_hints hints = {};
};

/// As the list of tools shows it. Precondition: both schemas are JSON.
boost::json::object describe(const tool& shown);

/// The result of a call: as structure, and as the same JSON in a text for clients that know only
/// texts.
boost::json::object make_result(boost::json::object structured);
/// A call that failed. The text tells the agent what to do.
boost::json::object make_failure(std::string_view text);

} // namespace gantry::mcp
