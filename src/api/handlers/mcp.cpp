// The Model Context Protocol over HTTP: one message per request, one JSON answer, no session.
#include "api/claims.hpp"
#include "api/error_table.hpp"
#include "api/exchange.hpp"
#include "api/mode.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"
#include "api/short_body.hpp"
#include "api/tools/table.hpp"
#include "base/text.hpp"
#include "mcp/server.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gantry::api {

namespace {

/// Bytes of a message: the largest honest one holds the layers of an image.
constexpr std::size_t max_message = 256 * 1024;
/// Bytes of memory per byte of a message that was read (`parse_json`).
constexpr std::uint64_t reading_factor = 16;

const mcp::server& agent_server() {
  static const mcp::server server{
    {"gantry", "Gantry, a container registry for tests", GANTRY_VERSION,
     "A container registry that tests use as a double. To test a client: set_fault, let the client "
     "run, then list_requests to see what it did. Images can be pushed with push_image."},
    tools::shown_tools()};
  return server;
}

/// What went wrong, and what the agent should do.
std::string explain(const error& failure) {
  if (failure.code == errc::request_invalid)
    return to_ascii(failure.detail);
  const auto wire = to_wire(failure.code);
  std::string text{wire.message};
  if (!failure.detail.empty() && failure.code != errc::internal)
    text.append(": ").append(to_ascii(failure.detail));
  return text.append("; ").append(wire.remedy);
}

std::string render_failure(const mcp::tool_call& call, const error& failure) {
  return mcp::render_result(call.id, mcp::make_failure(explain(failure)));
}

response refuse_revision() {
  std::string known;
  for (const auto each : mcp::revisions)
    known.append(known.empty() ? "" : " or ").append(each);
  return make_json(400, mcp::render_error({mcp::rpc_code::invalid_request,
                                           "MCP-Protocol-Version: expected " + known}));
}

/// Runs the tool that `text` calls. Memory for its arguments and its result is claimed first,
/// because a tool does not run twice; until then only the text is kept.
answer run(exchange& ex, const tools::row& tool, std::string_view text) {
  const auto price = tool.most + reading_factor * text.size();
  const auto share = ex.server.bytes.texts(price);
  auto claim = co_await claim_bytes(ex, share, price);
  if (!claim)
    co_return make_error_response(claim.error());
  const auto call = std::get<mcp::tool_call>(agent_server().read(text));
  if (const auto refused = refuse_by_mode(tools::operation_of(tool), *ex.settings))
    co_return make_json(200, render_failure(call, fail(*refused)));
  auto done = co_await tool.run(ex, call.arguments);
  auto shown = done ? mcp::render_result(call.id, mcp::make_result(std::move(*done)))
                    : render_failure(call, done.error());
  if (shown.size() > tool.most)
    shown = render_failure(
      call, fail(errc::request_invalid, "the result is too large for a message: ask for less"));
  auto reply = make_json(200, std::move(shown));
  hold_answer(ex, reply, *share, std::move(*claim));
  co_return reply;
}

/// The tool that a message calls; null if it calls none, and `reply` is the answer.
const tools::row* find_tool(std::string_view text, response& reply) {
  const auto next = agent_server().read(text);
  if (const auto* call = std::get_if<mcp::tool_call>(&next))
    return &tools::table()[call->which];
  const auto* known = std::get_if<mcp::reply>(&next);
  reply = known ? make_json(known->is_refusal ? 400 : 200, known->text) : make_empty(202);
  return nullptr;
}

} // namespace

answer handle(exchange& ex, call_tool) {
  const auto revision = ex.head.find("MCP-Protocol-Version");
  if (revision && !mcp::is_revision(*revision))
    co_return refuse_revision();
  const auto text = co_await read_short_body(ex, max_message);
  if (!text)
    co_return make_error_response(text.error());
  response reply;
  if (const auto* tool = find_tool(*text, reply))
    co_return co_await run(ex, *tool, *text);
  co_return reply;
}

} // namespace gantry::api
