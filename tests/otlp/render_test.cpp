// Spans as OTLP's JSON.
#include "otlp/render.hpp"

#include "support/golden.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

template <class Name>
Name name_of(std::uint8_t first) {
  Name made;
  for (auto& byte : made.bytes)
    byte = first++;
  return made;
}

/// A request with an actor call below it, and a commit that is linked to a span elsewhere.
std::vector<telemetry::span_record> batch() {
  using std::chrono::system_clock;
  const auto at = system_clock::time_point{} + 1'769'860'800s + 42ns;
  const auto trace = std::make_shared<const telemetry::recorded_trace>(
    telemetry::recorded_trace{nullptr, name_of<telemetry::trace_id>(0x10), "vendor=a,b=1"});
  const auto other = std::make_shared<const telemetry::recorded_trace>(
    telemetry::recorded_trace{nullptr, name_of<telemetry::trace_id>(0xa0)});
  telemetry::span_record request{trace, name_of<telemetry::span_id>(0x20)};
  request.parent = name_of<telemetry::span_id>(0x30);
  request.kind = telemetry::span_kind::server;
  request.name = "put_manifest";
  request.begin = at;
  request.end = at + 1500us;
  request.attributes.push_back({"http.response.status_code", std::int64_t{507}});
  request.attributes.push_back({"user_agent.original", "a \"b\"\\\n\xe4"});
  request.has_failed = true;
  telemetry::span_record call{trace, name_of<telemetry::span_id>(0x40)};
  call.parent = request.id;
  call.name = "put_manifest";
  call.begin = at + 1us;
  call.end = at + 1us;
  telemetry::span_record commit{other, name_of<telemetry::span_id>(0x50)};
  commit.name = "commit";
  commit.begin = at;
  commit.end = at + 1ms;
  commit.links.emplace_back(trace, call.id);
  return {request, call, commit};
}

/// Indented, so that a difference is a line.
void lay_out(std::string& into, const boost::json::value& value, const std::string& margin) {
  const auto deeper = margin + "  ";
  bool is_first = true;
  const auto next = [&] {
    into.append(std::exchange(is_first, false) ? "\n" : ",\n").append(deeper);
  };
  if (value.is_object()) {
    into += "{";
    for (const auto& member : value.get_object()) {
      next();
      into.append(boost::json::serialize(boost::json::string{member.key()})).append(": ");
      lay_out(into, member.value(), deeper);
    }
    into += "\n" + margin + "}";
  } else if (value.is_array()) {
    into += "[";
    for (const auto& each : value.get_array()) {
      next();
      lay_out(into, each, deeper);
    }
    into += "\n" + margin + "]";
  } else {
    into += boost::json::serialize(value);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(render)

BOOST_AUTO_TEST_CASE(a_batch_is_one_request_of_the_protocol) {
  const otlp::envelope envelope{{{"service.name", "gantry"}, {"team", "r\xc3\xa4gistry \"1\""}},
                                "1.2.3"};
  std::string text;
  lay_out(text, boost::json::parse(envelope.wrap(batch())), "");
  test::check_golden(text + "\n", "tests/golden/traces.json");
}

BOOST_AUTO_TEST_CASE(no_spans_are_a_request_as_well) {
  const otlp::envelope envelope{{{"service.version", "other"}}, "1"};
  BOOST_TEST(envelope.wrap({}) ==
             R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.version",)"
             R"("value":{"stringValue":"other"}}]},"scopeSpans":[{"scope":)"
             R"({"name":"gantry","version":"1"},"spans":[]}]}]})");
}

BOOST_AUTO_TEST_SUITE_END()
