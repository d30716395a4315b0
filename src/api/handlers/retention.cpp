// What the rules of retention remove, and the runs that remove it.
#include "api/retention_runs.hpp"

#include "api/claims.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace gantry::api {

namespace {

namespace json = boost::json;

/// The most tags of a plan that are shown.
constexpr std::size_t max_tags_planned = 10'000;
/// More than the JSON of a tag.
constexpr std::uint64_t bytes_per_planned = 512;

json::object describe(const retention::planned_tag& one, const retention::rule_list& rules) {
  json::object text{
    {"name", one.name.to_string()}, {"digest", one.target.to_string()}, {"rule", one.rule}};
  if (const auto& name = rules.at(one.rule).name; !name.empty())
    text["rule_name"] = name;
  return text;
}

json::object describe(const retention::plan& planned, const retention::rule_list& rules) {
  json::array repositories;
  std::size_t all = 0;
  std::size_t shown = 0;
  for (const auto& each : planned.repositories) {
    all += each.tags.size();
    const auto count = std::min(each.tags.size(), max_tags_planned - shown);
    if (count == 0)
      continue;
    json::array tags;
    for (std::size_t next = 0; next < count; ++next)
      tags.push_back(describe(each.tags[next], rules));
    shown += count;
    repositories.push_back({{"name", each.name.to_string()}, {"tags", std::move(tags)}});
  }
  return {{"plan", plan_id{planned.made, planned.id}.to_string()},
          {"made", render_timestamp(planned.made)},
          {"tags", all},
          {"repositories", std::move(repositories)},
          {"truncated", shown < all}};
}

void add_refusal(json::object& row, const std::optional<error>& refused) {
  if (refused)
    row["refused"] =
      concat(to_string(refused->code), refused->detail.empty() ? "" : ": ") + refused->detail;
}

json::object describe(const run_report& done) {
  json::array repositories;
  std::size_t tags = 0;
  std::size_t manifests = 0;
  for (const auto& each : done.repositories) {
    tags += each.made.tags;
    manifests += each.made.manifests;
    json::object row{{"name", each.repository.to_string()},
                     {"change", each.made.change},
                     {"tags", each.made.tags},
                     {"manifests", each.made.manifests}};
    add_refusal(row, each.refused);
    repositories.push_back(std::move(row));
  }
  return {{"run", done.id.to_string()},
          {"tags", tags},
          {"manifests", manifests},
          {"repositories", std::move(repositories)}};
}

/// If nothing was done, why; absent if something was, or there was nothing to do.
template <class Part>
std::optional<error> refusal_of(const std::vector<Part>& parts) {
  const auto is_refused = [](const Part& each) { return each.refused.has_value(); };
  if (parts.empty() || !std::ranges::all_of(parts, is_refused))
    return std::nullopt;
  return parts.front().refused;
}

} // namespace

answer handle(exchange& ex, plan_retention) {
  const auto price = bytes_per_planned * max_tags_planned;
  auto claim = co_await claim_bytes(ex, ex.server.bytes.texts(price), price);
  if (!claim)
    co_return make_error_response(claim.error());
  auto& runs = *ex.server.retention;
  const auto planned = co_await runs.plan(ex.server.services.now());
  if (!planned)
    co_return make_error_response(planned.error());
  auto reply = make_json(200, json::serialize(describe(*planned, runs.rules())));
  hold_answer(ex, reply, *ex.server.bytes.texts(price), std::move(*claim));
  co_return reply;
}

answer handle(exchange& ex, apply_retention request) {
  if (ex.settings->read_only)
    co_return make_error_response(fail(errc::read_only));
  changer by;
  if (const auto known = changer_of(ex))
    by = *known;
  auto done = co_await ex.server.retention->apply(std::move(request.plan), std::move(by));
  if (!done)
    co_return make_error_response(done.error());
  if (const auto refused = refusal_of(done->repositories))
    co_return make_error_response(*refused);
  co_return make_json(200, json::serialize(describe(*done)));
}

answer handle(exchange& ex, undo_retention request) {
  if (ex.settings->read_only)
    co_return make_error_response(fail(errc::read_only));
  const auto run = request.run.to_string();
  const auto undone = co_await ex.server.retention->undo(std::move(request.run), changer_of(ex));
  if (!undone)
    co_return make_error_response(undone.error());
  if (const auto refused = refusal_of(*undone))
    co_return make_error_response(*refused);
  json::array repositories;
  for (const auto& each : *undone) {
    json::object row{
      {"name", each.repository.to_string()}, {"change", each.change}, {"entries", each.entries}};
    add_refusal(row, each.refused);
    repositories.push_back(std::move(row));
  }
  co_return make_json(
    200, json::serialize(json::object{{"run", run}, {"repositories", std::move(repositories)}}));
}

} // namespace gantry::api
