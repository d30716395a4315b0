#include "mcp/message.hpp"

#include "domain/strict_json.hpp"

#include <boost/json/serialize.hpp>

#include <optional>
#include <utility>

namespace gantry::mcp {

namespace json = boost::json;

namespace {

constexpr std::size_t max_depth = 32;

/// The protocol has no null and no fractions, which could not be given back as they were.
bool is_id(const json::value& id) noexcept {
  const auto* text = id.if_string();
  return text ? text->size() <= max_id : id.is_int64() || id.is_uint64();
}

bool is_response(const json::object& text) noexcept {
  return !text.contains("method") && (text.contains("result") || text.contains("error"));
}

/// The id is absent in notifications.
std::optional<mistake> find_mistake(const json::object& text, const json::value* id) {
  const auto shown = id && is_id(*id) ? *id : json::value(nullptr);
  const auto wrong = [&shown](rpc_code code, const char* what) {
    return std::optional{mistake{code, what, shown}};
  };
  if (id && !is_id(*id))
    return wrong(rpc_code::invalid_request,
                 "id: expected a whole number, or a text of at most 256 bytes");
  const auto* version = text.if_contains("jsonrpc");
  if (!version || *version != "2.0")
    return wrong(rpc_code::invalid_request, "jsonrpc: expected \"2.0\"");
  if (is_response(text))
    return std::nullopt;
  const auto* method = text.if_contains("method");
  if (!method || !method->is_string())
    return wrong(rpc_code::invalid_request, "method: expected a text, such as \"tools/list\"");
  const auto* params = text.if_contains("params");
  if (params && !params->is_object())
    return wrong(rpc_code::invalid_params, "params: expected an object");
  return std::nullopt;
}

} // namespace

message read_message(std::string_view text) {
  auto parsed = parse_json(text, max_depth);
  if (!parsed)
    return mistake{rpc_code::parse_error, parsed.error().detail};
  if (parsed->is_array())
    return mistake{rpc_code::invalid_request, "batches are not supported: send each message alone"};
  auto* members = parsed->if_object();
  if (!members)
    return mistake{rpc_code::invalid_request, "expected a JSON object"};
  auto* id = members->if_contains("id");
  if (auto wrong = find_mistake(*members, id))
    return std::move(*wrong);
  if (!id || is_response(*members))
    return one_way{};
  const auto& method = members->at("method").get_string();
  request asked{std::move(*id), {method.data(), method.size()}, {}};
  if (auto* params = members->if_contains("params"))
    asked.params = std::move(params->get_object());
  return asked;
}

std::string render_result(const json::value& id, json::object result) {
  json::object reply{{"jsonrpc", "2.0"}, {"id", id}};
  reply["result"] = std::move(result);
  return json::serialize(reply);
}

std::string render_error(const mistake& why) {
  return json::serialize(
    json::object{{"jsonrpc", "2.0"},
                 {"id", why.id},
                 {"error", {{"code", static_cast<int>(why.code)}, {"message", why.text}}}});
}

} // namespace gantry::mcp
