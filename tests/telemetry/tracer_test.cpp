// Spans, and the bounded queue that takes them.
#include "telemetry/tracer.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace gantry::telemetry;

namespace {

const trace_parent caller{make_trace_id(), make_span_id(), true};

struct tracing {
  gantry::telemetry::tracer tracer{{}, {.queue = 4, .batch = 2}};

  /// Adds spans with these names, each the top of a trace.
  void add(const std::vector<std::string_view>& names) {
    const auto near = tracer.begin(nullptr, {});
    for (const auto name : names)
      span::beside(near, name).end();
  }

  std::vector<std::string> take_names() {
    std::vector<std::string> names;
    for (const auto& each : tracer.take())
      names.emplace_back(each.name);
    return names;
  }
};

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(tracer, tracing)

BOOST_AUTO_TEST_CASE(a_request_continues_the_trace_of_its_caller) {
  const auto request = tracer.begin(&caller, "a=1");
  BOOST_REQUIRE(request);
  BOOST_CHECK(request.trace()->id == caller.trace);
  BOOST_TEST(request.trace()->state == "a=1");
  BOOST_CHECK(request.id() != caller.span);
}

BOOST_AUTO_TEST_CASE(a_request_without_one_begins_a_trace) {
  const auto first = tracer.begin(nullptr, {});
  const auto second = tracer.begin(nullptr, {});
  BOOST_TEST(first.trace()->id.to_hex() != second.trace()->id.to_hex());
}

BOOST_AUTO_TEST_CASE(what_is_not_sampled_is_empty) {
  auto unsampled = caller;
  unsampled.is_sampled = false;
  BOOST_TEST(!tracer.begin(&unsampled, {}));
}

BOOST_AUTO_TEST_CASE(a_span_ends_with_its_object_and_knows_its_parent) {
  const auto request = tracer.begin(&caller, "a=1");
  {
    span work{request, "work"};
    work.set("text", "value");
    work.set("number", std::int64_t{7});
    work.fail();
  }
  const auto taken = tracer.take();
  BOOST_TEST_REQUIRE(taken.size() == 1U);
  const auto& ended = taken.front();
  BOOST_TEST(ended.name == "work");
  BOOST_CHECK(ended.trace->id == caller.trace);
  BOOST_CHECK(ended.parent == request.id());
  BOOST_CHECK(ended.begin <= ended.end);
  BOOST_TEST(std::get<std::string>(ended.attributes.at(0).value) == "value");
  BOOST_TEST(std::get<std::int64_t>(ended.attributes.at(1).value) == 7);
  BOOST_TEST(ended.has_failed);
}

BOOST_AUTO_TEST_CASE(a_span_ends_once) {
  span work{tracer.begin(nullptr, {}), "work"};
  work.end();
  work.end();
  work.set("late", "nothing");
  BOOST_TEST(!work);
  auto moved = span{tracer.begin(nullptr, {}), "moved"};
  const auto kept = std::move(moved);
  BOOST_TEST(take_names() == texts{"work"});
}

BOOST_AUTO_TEST_CASE(without_a_trace_nothing_is_made) {
  const auto before = count_spans();
  {
    span work{span_context{}, "work"};
    work.set("text", "value");
    work.link(tracer.begin(nullptr, {}));
    work.fail();
    BOOST_TEST(!work);
    BOOST_TEST(!work.context());
  }
  BOOST_TEST(count_spans() == before + 1); // the one that was linked
  BOOST_TEST(tracer.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(a_span_beside_others_has_a_trace_of_its_own_and_links) {
  const auto request = tracer.begin(&caller, "a=1");
  {
    auto shared = span::beside(request, "shared");
    shared.link(request);
    shared.link(span_context{});
    shared.link(shared.context());
  }
  const auto taken = tracer.take();
  BOOST_TEST_REQUIRE(taken.size() == 1U);
  BOOST_CHECK(taken[0].trace->id != caller.trace);
  BOOST_CHECK(!taken[0].parent);
  BOOST_TEST(taken[0].trace->state == "");
  BOOST_TEST_REQUIRE(taken[0].links.size() == 1U);
  BOOST_CHECK(taken[0].links[0] == request);
}

BOOST_AUTO_TEST_CASE(a_thread_works_for_one_span_at_a_time) {
  const auto outer = tracer.begin(nullptr, {});
  const auto inner = tracer.begin(nullptr, {});
  BOOST_TEST(!current_span());
  {
    const span_scope first{outer};
    BOOST_CHECK(current_span() == outer);
    {
      const span_scope second{inner};
      BOOST_CHECK(current_span() == inner);
      std::thread{[] { BOOST_TEST(!current_span()); }}.join();
    }
    BOOST_CHECK(current_span() == outer);
  }
  BOOST_TEST(!current_span());
}

BOOST_AUTO_TEST_CASE(spans_beyond_the_queue_are_dropped_and_counted) {
  add({"1", "2", "3", "4", "5", "6"});
  BOOST_TEST(tracer.dropped() == 2U);
  BOOST_TEST(take_names() == (texts{"1", "2"}));
  BOOST_TEST(take_names() == (texts{"3", "4"}));
  BOOST_TEST(take_names() == texts{});
  add({"7"});
  BOOST_TEST(take_names() == texts{"7"});
  BOOST_TEST(tracer.dropped() == 2U);
}

BOOST_AUTO_TEST_CASE(a_full_batch_is_announced_once) {
  int told = 0;
  tracer.when_full([&told] { ++told; });
  add({"1"});
  BOOST_TEST(told == 0);
  BOOST_TEST(!tracer.has_batch());
  add({"2", "3"});
  BOOST_TEST(told == 1);
  BOOST_TEST(tracer.has_batch());
}

BOOST_AUTO_TEST_CASE(a_closed_one_takes_nothing) {
  add({"1", "2"});
  BOOST_TEST(tracer.close() == 2U);
  add({"3"});
  BOOST_TEST(tracer.waiting() == 0U);
  BOOST_TEST(tracer.dropped() == 1U);
}

BOOST_AUTO_TEST_CASE(threads_lose_no_span_without_counting_it) {
  gantry::telemetry::tracer shared{{}, {.queue = 100, .batch = 10}};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&shared] {
      const auto near = shared.begin(nullptr, {});
      for (int each = 0; each < 1000; ++each)
        span{near, "work"}.end();
    });
  std::size_t taken = 0;
  for (int i = 0; i < 100; ++i)
    taken += shared.take().size();
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(taken + shared.waiting() + shared.dropped() == 4000U);
  BOOST_TEST(shared.waiting() <= 100U);
}

BOOST_AUTO_TEST_SUITE_END()
