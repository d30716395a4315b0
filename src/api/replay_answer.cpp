#include "api/replay_answer.hpp"

#include "api/error_table.hpp"
#include "api/responses.hpp"
#include "base/text.hpp"
#include "http/target.hpp"
#include "replay/player.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::api {

namespace {

/// Path and query without scheme, host and prefix; empty if the path lacks the prefix.
std::string_view own_target(const exchange& ex) {
  auto target = ex.head.target();
  if (const auto path = http::split_target(target).path; !path.empty())
    target.remove_prefix(static_cast<std::size_t>(path.data() - target.data()));
  const auto& prefix = ex.settings->prefix;
  return target.starts_with(prefix) ? target.substr(prefix.size()) : std::string_view{};
}

response refuse(const exchange& ex, const replay::found& found) {
  const auto asked = std::string{ex.head.method()} + " " + excerpt(own_target(ex), 200);
  boost::json::object failure{
    {"code", "UNSUPPORTED"},
    {"message", "no recorded request matches: expected " + to_ascii(found.expected)},
    {"detail", "asked for " + to_ascii(asked)}};
  boost::json::array errors;
  errors.push_back(std::move(failure));
  return make_json(501, boost::json::serialize(boost::json::object{{"errors", std::move(errors)}}));
}

/// The body stays in memory as long as the session does, like a file that is mapped: it needs no
/// bytes in flight.
http::response_body whole(const std::string& body) {
  if (body.empty())
    return {};
  http::content source;
  source.size = body.size();
  source.bytes = body;
  source.file = std::numeric_limits<int>::max();
  http::content_ranges ranges;
  ranges.ranges.push_back({0, body.size() - 1});
  ranges.source = std::move(source);
  return ranges;
}

response shown(const exchange& ex, const replay::recorded& recorded) {
  response reply;
  reply.status = recorded.status;
  for (const auto& [name, value] : recorded.fields)
    reply.set(name, value);
  reply.body = whole(recorded.body);
  const bool is_head = ex.head.is_head() && recorded.declared_length;
  reply.content_length = is_head ? *recorded.declared_length : recorded.body.size();
  return reply;
}

} // namespace

bool is_replayed(const exchange& ex) {
  if (!ex.server.session)
    return false;
  const auto target = own_target(ex);
  return target == "/v2" || target.starts_with("/v2/");
}

answer replay(exchange& ex) {
  auto started = co_await ex.body.start();
  const bool is_whole =
    started && co_await ex.body.discard(std::numeric_limits<std::uint64_t>::max());
  if (!is_whole)
    co_return make_error_response(fail(errc::request_timeout));
  const auto found = ex.server.session->next(ex.head.method(), own_target(ex));
  co_return found.exchange ? shown(ex, *found.exchange) : refuse(ex, found);
}

} // namespace gantry::api
