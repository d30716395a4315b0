// The server side of the protocol: answers what needs no tool, and names the tool that is called.
#pragma once

#include "mcp/message.hpp"
#include "mcp/tool.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace gantry::mcp {

/// Revisions of the protocol that a client may speak, the newest first. Earlier ones have batches.
inline constexpr std::array<std::string_view, 2> revisions{"2025-11-25", "2025-06-18"};
bool is_revision(std::string_view text) noexcept;

struct server_info {
  std::string_view name;
  std::string_view title;
  std::string_view version;
  /// How an agent should use the tools.
  std::string_view instructions;
};

/// An answer is complete.
struct reply {
  std::string text;
  /// The message was not a valid one, so it deserves an error of the transport as well.
  bool is_refusal = false;
};

/// The caller has to run a tool.
struct tool_call {
  boost::json::value id;
  /// The place of the tool in the server's list.
  std::size_t which = 0;
  boost::json::object arguments;
};

/// What a message leads to; `one_way`: nothing is sent.
using next_step = std::variant<one_way, reply, tool_call>;

/// Keeps no state: a session is nothing but its requests. Any thread.
class server {
public:
  /// The texts of both must outlive the server.
  constexpr server(server_info about, std::span<const tool> tools) : about_{about}, tools_{tools} {}

  next_step read(std::string_view text) const;

private:
  next_step answer(request asked) const;
  next_step initialize(const request& asked) const;
  next_step list_tools(const request& asked) const;
  next_step call_tool(request& asked) const;

  server_info about_;
  std::span<const tool> tools_;
};

} // namespace gantry::mcp
