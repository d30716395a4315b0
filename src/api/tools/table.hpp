// THE table of tools: what agents are told of each, what it may do, and its function.
#pragma once

#include "api/operations.hpp"
#include "api/tools/tools.hpp"
#include "mcp/tool.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <span>

namespace gantry::api::tools {

struct row {
  mcp::tool shown;
  /// The operation that a client would use instead: what a mode forbids there is forbidden here.
  std::string_view stands_for;
  /// The most bytes of an answer.
  std::uint64_t most = 0;
  outcome (*run)(exchange& ex, const boost::json::object& arguments) = nullptr;
};

std::span<const row> table() noexcept;
/// What agents see, in the order of the table.
std::span<const mcp::tool> shown_tools() noexcept;
/// Precondition: the row is one of the table.
const operation& operation_of(const row& tool) noexcept;

} // namespace gantry::api::tools
