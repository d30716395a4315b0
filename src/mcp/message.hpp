// One message of JSON-RPC 2.0, in the form that the Model Context Protocol allows.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace gantry::mcp {

/// Codes of JSON-RPC 2.0, section 5.1.
enum class rpc_code : std::int16_t {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
};

/// A call that wants an answer.
struct request {
  /// A text or a whole number.
  boost::json::value id;
  std::string method;
  boost::json::object params;
};

/// A notification, or the response to a request that this server never sends: no answer.
struct one_way {};

/// Why there is no such request.
struct mistake {
  rpc_code code = rpc_code::invalid_request;
  std::string text;
  /// Null if the id cannot be read.
  boost::json::value id = nullptr;
};

using message = std::variant<request, one_way, mistake>;

/// The most bytes of an id that is a text.
inline constexpr std::size_t max_id = 256;

/// Reads one message, in UTF-8 and without duplicate names. Batches are refused: revisions since
/// 2025-06-18 have none. Members that are not known are ignored.
message read_message(std::string_view text);

/// The response to a request with this id.
std::string render_result(const boost::json::value& id, boost::json::object result);
std::string render_error(const mistake& why);

} // namespace gantry::mcp
