// The servers that are told of changes.
#include "webhooks/deliveries.hpp"

#include "api/engine_answer.hpp"
#include "api/exchange.hpp"
#include "api/requests.hpp"
#include "api/responses.hpp"

#include "base/timestamp.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string_view>
#include <utility>

namespace gantry::api {

namespace {

std::string_view name_of(webhooks::format written_as) {
  switch (written_as) {
  case webhooks::format::distribution: return "distribution";
  case webhooks::format::cloudevents: return "cloudevents";
  }
  return "distribution";
}

boost::json::object describe(const webhooks::endpoint_report& one) {
  const auto& state = one.state;
  boost::json::object text{{"name", one.name},
                           {"url", one.url},
                           {"format", name_of(one.written_as)},
                           {"disabled", one.disabled},
                           {"position", state.position},
                           {"pending", state.pending},
                           {"gaps", state.gaps},
                           {"failures", state.failures}};
  if (state.last_attempt)
    text["last_attempt"] = render_timestamp(*state.last_attempt);
  if (state.last_status != 0)
    text["last_status"] = state.last_status;
  if (!state.last_error.empty())
    text["last_error"] = state.last_error;
  return text;
}

} // namespace

answer handle(exchange& ex, list_webhooks) {
  boost::json::array all;
  if (ex.server.webhooks) {
    const auto listed = ex.server.webhooks->list();
    for (const auto& each : listed)
      all.push_back(describe(each));
  }
  co_return make_json(200,
                      boost::json::serialize(boost::json::object{{"webhooks", std::move(all)}}));
}

answer handle(exchange& ex, test_webhook request) {
  if (!ex.server.webhooks)
    co_return make_error_response(fail(errc::webhook_unknown, request.webhook));
  auto start = [&](completion<webhooks::test_report> done) {
    ex.server.webhooks->test(request.webhook, std::move(done));
  };
  const auto tested = co_await engine_answer<webhooks::test_report>(std::move(start));
  if (!tested)
    co_return make_error_response(tested.error());
  co_return make_json(200, boost::json::serialize(boost::json::object{
                             {"webhook", request.webhook},
                             {"status", tested->status},
                             {"duration_ms", static_cast<std::uint64_t>(tested->took.count())}}));
}

} // namespace gantry::api
