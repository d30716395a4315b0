#include "actors/dispatch.hpp"

#include "support/actor_fixture.hpp"
#include "telemetry/tracer.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <stdexcept>
#include <thread>

using namespace gantry;

using late_work = std::function<void(completion<msg::upload_status>)>;
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(late_work)

namespace {

/// Replies with a status as `work` says.
using probe_actor =
  caf::typed_actor<caf::replies_to<msg::get_upload_status>::with<msg::upload_status>,
                   caf::reacts_to<msg::resume>>;

probe_actor::behavior_type probe(probe_actor::pointer self, late_work work) {
  return {
    [self, work](const msg::get_upload_status&) {
      return reply_later<msg::upload_status, msg::upload_status>(self, work);
    },
    [](const msg::resume& m) { m.run(); },
  };
}

template <class Exception>
probe_actor::behavior_type throwing_probe(probe_actor::pointer, Exception thrown) {
  return {
    [thrown](const msg::get_upload_status&) {
      return reply([&]() -> result<msg::upload_status> { throw thrown; });
    },
    [](const msg::resume& m) { m.run(); },
  };
}

/// A write that is part of a span, as `work` does it; its outcome.
result<msg::upload_status> write_in(const telemetry::span_context& asker, late_work work) {
  std::optional<result<msg::upload_status>> outcome;
  as_span<msg::upload_status>(asker, "write", std::move(work))(
    [&outcome](result<msg::upload_status> got) { outcome.emplace(std::move(got)); });
  return std::move(*outcome);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dispatch)

BOOST_AUTO_TEST_CASE(a_write_is_a_span_until_its_completion) {
  telemetry::tracer tracer{{}};
  const auto asker = tracer.begin(nullptr, {});
  telemetry::span_context during;
  const auto written = write_in(asker, [&](auto done) {
    during = telemetry::current_span();
    BOOST_TEST(tracer.waiting() == 0U);
    done(msg::upload_status{7});
  });
  BOOST_TEST(written->offset == 7U);
  BOOST_TEST(!telemetry::current_span());
  const auto ended = tracer.take();
  BOOST_TEST_REQUIRE(ended.size() == 1U);
  BOOST_TEST(ended[0].name == "write");
  BOOST_CHECK(ended[0].parent == asker.id());
  BOOST_CHECK(ended[0].id == during.id());
  BOOST_TEST(ended[0].links.empty());
  BOOST_TEST(ended[0].attributes.empty());
}

BOOST_AUTO_TEST_CASE(a_write_links_the_commit_that_completes_it_and_names_its_error) {
  telemetry::tracer tracer{{}};
  const auto commit = tracer.begin(nullptr, {});
  const auto written = write_in(tracer.begin(nullptr, {}), [&](auto done) {
    const telemetry::span_scope committing{commit};
    done(fail(errc::blob_unknown));
  });
  BOOST_CHECK(written.error().code == errc::blob_unknown);
  const auto ended = tracer.take();
  BOOST_TEST_REQUIRE(ended.size() == 1U);
  BOOST_TEST_REQUIRE(ended[0].links.size() == 1U);
  BOOST_CHECK(ended[0].links[0] == commit);
  BOOST_TEST(std::get<std::string>(ended[0].attributes.at(0).value) == "blob_unknown");
}

BOOST_AUTO_TEST_CASE(without_a_trace_a_write_is_no_span) {
  const auto before = telemetry::count_spans();
  BOOST_TEST(write_in({}, [](auto done) { done(msg::upload_status{7}); })->offset == 7U);
  BOOST_TEST(telemetry::count_spans() == before);
}

BOOST_AUTO_TEST_CASE(a_message_knows_its_name) {
  static_assert(msg::name_of<msg::put_manifest>() == "put_manifest");
  static_assert(msg::name_of<msg::get_upload_status>() == "get_upload_status");
  BOOST_TEST(msg::name_of<msg::tick>() == "tick");
}

BOOST_FIXTURE_TEST_CASE(a_throwing_handler_answers_and_its_actor_survives, test::actor_fixture) {
  auto actor = system.spawn(throwing_probe<std::logic_error>, std::logic_error{"a bug"});
  for (int round = 0; round < 2; ++round) {
    auto answer = ask<msg::upload_status>(actor, msg::get_upload_status{});
    BOOST_CHECK(answer.error().code == errc::internal);
    BOOST_TEST(answer.error().detail.empty());
  }
}

BOOST_FIXTURE_TEST_CASE(an_engine_that_throws_is_an_internal_error, test::actor_fixture) {
  auto actor = system.spawn(probe, late_work{[](auto) { throw std::logic_error{"a bug"}; }});
  for (int round = 0; round < 2; ++round)
    BOOST_CHECK(ask<msg::upload_status>(actor, msg::get_upload_status{}).error().code ==
                errc::internal);
}

BOOST_FIXTURE_TEST_CASE(a_completion_may_come_immediately, test::actor_fixture) {
  auto actor = system.spawn(probe, late_work{[](auto done) { done(msg::upload_status{7}); }});
  BOOST_TEST(ask<msg::upload_status>(actor, msg::get_upload_status{}).value().offset == 7u);
}

BOOST_FIXTURE_TEST_CASE(a_completion_may_come_from_another_thread, test::actor_fixture) {
  std::thread engine_thread;
  auto actor = system.spawn(probe, late_work{[&](auto done) {
                              engine_thread =
                                std::thread{[done] { done(fail(errc::blob_unknown)); }};
                              engine_thread.join(); // the reply is now in the mailbox
                            }});
  auto answer = ask<msg::upload_status>(actor, msg::get_upload_status{});
  BOOST_CHECK(answer.error().code == errc::blob_unknown);
}

// The thread that runs the actor may be one that the engine completes on.
BOOST_FIXTURE_TEST_CASE(a_completion_may_come_later_on_the_same_thread, test::actor_fixture) {
  completion<msg::upload_status> open;
  auto actor = system.spawn(probe, late_work{[&](auto done) { open = std::move(done); }});
  auto pending = requester->request(actor, caf::infinite, msg::get_upload_status{});
  scheduler.run();
  open(msg::upload_status{7});
  BOOST_TEST(scheduler.has_job()); // the actor has a message, and has not answered
  scheduler.run();
  pending.receive([](const msg::upload_status& got) { BOOST_TEST(got.offset == 7u); },
                  [](const caf::error&) { BOOST_ERROR("no reply"); });
}

BOOST_FIXTURE_TEST_CASE(the_handler_of_another_actor_may_complete_a_write, test::actor_fixture) {
  completion<msg::upload_status> open;
  auto late = system.spawn(probe, late_work{[&](auto done) { open = std::move(done); }});
  bool had_job = false;
  auto other = system.spawn(probe, late_work{[&](auto done) {
                              open(msg::upload_status{7});
                              had_job = scheduler.has_job();
                              done(msg::upload_status{8});
                            }});
  auto pending = requester->request(late, caf::infinite, msg::get_upload_status{});
  scheduler.run();
  BOOST_TEST(ask<msg::upload_status>(other, msg::get_upload_status{}).value().offset == 8u);
  BOOST_TEST(had_job);
  pending.receive([](const msg::upload_status& got) { BOOST_TEST(got.offset == 7u); },
                  [](const caf::error&) { BOOST_ERROR("no reply"); });
}

BOOST_FIXTURE_TEST_CASE(a_write_that_throws_is_answered, test::actor_fixture) {
  auto actor = system.spawn(probe, late_work{[](auto) { throw std::logic_error{"a bug"}; }});
  BOOST_CHECK(ask<msg::upload_status>(actor, msg::get_upload_status{}).error().code ==
              errc::internal);
}

BOOST_AUTO_TEST_SUITE_END()
