#include "mcp/server.hpp"

#include "base/text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace gantry::mcp {

namespace json = boost::json;

namespace {

reply refuse(const request& asked, rpc_code code, std::string text) {
  return {render_error({code, std::move(text), asked.id})};
}

reply answer_with(const request& asked, json::object result) {
  return {render_result(asked.id, std::move(result))};
}

/// Null if there is no such text.
const json::string* text_member(const json::object& object, std::string_view name) {
  const auto* found = object.if_contains({name.data(), name.size()});
  return found ? found->if_string() : nullptr;
}

std::string_view view(const json::string& text) noexcept {
  return {text.data(), text.size()};
}

} // namespace

bool is_revision(std::string_view text) noexcept {
  return std::ranges::find(revisions, text) != revisions.end();
}

next_step server::read(std::string_view text) const {
  auto said = read_message(text);
  if (const auto* wrong = std::get_if<mistake>(&said))
    return reply{render_error(*wrong), wrong->code != rpc_code::invalid_params};
  if (auto* asked = std::get_if<request>(&said))
    return answer(std::move(*asked));
  return one_way{};
}

next_step server::answer(request asked) const {
  if (asked.method == "initialize")
    return initialize(asked);
  if (asked.method == "ping")
    return answer_with(asked, {});
  if (asked.method == "tools/list")
    return list_tools(asked);
  if (asked.method == "tools/call")
    return call_tool(asked);
  return refuse(asked, rpc_code::method_not_found,
                "there is no method '" + excerpt(asked.method) +
                  "'; there are initialize, ping, tools/list and tools/call");
}

/// Answers with the client's revision if it is known, else with the newest, which the client may
/// decline.
next_step server::initialize(const request& asked) const {
  const auto* wanted = text_member(asked.params, "protocolVersion");
  if (!wanted)
    return refuse(asked, rpc_code::invalid_params,
                  concat("protocolVersion: expected a text, such as ", revisions.front()));
  const auto revision = is_revision(view(*wanted)) ? view(*wanted) : revisions.front();
  json::object result{
    {"protocolVersion", revision},
    {"capabilities", {{"tools", json::object{}}}},
    {"serverInfo", {{"name", about_.name}, {"title", about_.title}, {"version", about_.version}}},
    {"instructions", about_.instructions}};
  return answer_with(asked, std::move(result));
}

next_step server::list_tools(const request& asked) const {
  if (asked.params.contains("cursor"))
    return refuse(asked, rpc_code::invalid_params, "cursor: the list has a single page");
  json::array list;
  for (const auto& each : tools_)
    list.push_back(describe(each));
  json::object result;
  result["tools"] = std::move(list);
  return answer_with(asked, std::move(result));
}

next_step server::call_tool(request& asked) const {
  const auto* name = text_member(asked.params, "name");
  if (!name)
    return refuse(asked, rpc_code::invalid_params, "name: expected the name of a tool");
  const auto which = std::ranges::find(tools_, view(*name), &tool::name);
  if (which == tools_.end())
    return refuse(asked, rpc_code::invalid_params,
                  "name: there is no tool '" + excerpt(view(*name)) + "'; see tools/list");
  tool_call call{asked.id, static_cast<std::size_t>(which - tools_.begin()), {}};
  if (auto* arguments = asked.params.if_contains("arguments")) {
    if (!arguments->is_object())
      return refuse(asked, rpc_code::invalid_params, "arguments: expected an object");
    call.arguments = std::move(arguments->get_object());
  }
  return call;
}

} // namespace gantry::mcp
