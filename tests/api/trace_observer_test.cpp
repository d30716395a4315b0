// The span of a request whose handler threw; tests/e2e/tracing_test.cpp has all others.
#include "api/trace_observer.hpp"

#include "http/request_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>

using namespace gantry;
using namespace gantry::api;

namespace {

constexpr auto text = "GET /v2/?token=secret HTTP/1.1\r\nHost: a\r\ntraceparent: "
                      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n";

struct traced_request {
  telemetry::tracer tracer{{}};
  http::request_reader reader{{1024, 1024}};
  request_facts facts;

  traced_request() {
    BOOST_REQUIRE(reader.read(text)->is_complete);
    facts.asked = &api::operations().front();
    facts.trace = begin_trace(&tracer, *reader.head());
  }
};

std::string text_of(const telemetry::span_record& from, std::string_view name) {
  for (const auto& each : from.attributes)
    if (each.name == name)
      return std::get<std::string>(each.value);
  return {};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(trace_observer, traced_request)

BOOST_AUTO_TEST_CASE(a_handler_that_throws_leaves_a_failed_span) {
  { const unanswered_request unanswered{&facts, *reader.head()}; }
  const auto ended = tracer.take();
  BOOST_TEST_REQUIRE(ended.size() == 1U);
  BOOST_TEST(ended[0].name == api::operations().front().name);
  BOOST_CHECK(ended[0].id == facts.trace.span);
  BOOST_TEST(ended[0].parent.to_hex() == "00f067aa0ba902b7");
  BOOST_TEST(ended[0].has_failed);
  BOOST_TEST(text_of(ended[0], "url.path") == "/v2/");
  BOOST_TEST(text_of(ended[0], "error.type") == "500");
}

BOOST_AUTO_TEST_CASE(an_answered_request_leaves_its_span_to_the_observer) {
  {
    unanswered_request unanswered{&facts, *reader.head()};
    unanswered.settle();
  }
  BOOST_TEST(tracer.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(without_facts_or_a_trace_there_is_nothing_to_leave) {
  { const unanswered_request unanswered{nullptr, *reader.head()}; }
  facts.trace = begin_trace(nullptr, *reader.head());
  { const unanswered_request unanswered{&facts, *reader.head()}; }
  BOOST_TEST(tracer.waiting() == 0U);
  BOOST_TEST(facts.trace.trace.to_hex() == "4bf92f3577b34da6a3ce929d0e0e4736");
}

BOOST_AUTO_TEST_SUITE_END()
