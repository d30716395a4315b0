#include "actors/dispatch.hpp"

#include "support/actor_fixture.hpp"

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
      return reply_later<msg::upload_status>(self, work);
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

} // namespace

BOOST_AUTO_TEST_SUITE(dispatch)

BOOST_FIXTURE_TEST_CASE(a_throwing_handler_answers_and_its_actor_survives, test::actor_fixture) {
  auto actor = system.spawn(throwing_probe<std::logic_error>, std::logic_error{"a bug"});
  for (int round = 0; round < 2; ++round) {
    auto answer = ask<msg::upload_status>(actor, msg::get_upload_status{});
    BOOST_CHECK(answer.error().code == errc::internal);
    BOOST_TEST(answer.error().detail.empty());
  }
}

BOOST_FIXTURE_TEST_CASE(an_unreadable_storage_is_an_ordinary_error, test::actor_fixture) {
  const auto unreadable = storage_failure{fail(errc::storage_failed)};
  auto reading = system.spawn(throwing_probe<storage_failure>, unreadable);
  auto writing =
    system.spawn(probe, late_work{[](auto) { throw storage_failure{fail(errc::storage_failed)}; }});
  for (const auto& actor : {reading, writing})
    BOOST_CHECK(ask<msg::upload_status>(actor, msg::get_upload_status{}).error().code ==
                errc::storage_failed);
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

BOOST_FIXTURE_TEST_CASE(a_write_that_throws_is_answered, test::actor_fixture) {
  auto actor = system.spawn(probe, late_work{[](auto) { throw std::logic_error{"a bug"}; }});
  BOOST_CHECK(ask<msg::upload_status>(actor, msg::get_upload_status{}).error().code ==
              errc::internal);
}

BOOST_AUTO_TEST_SUITE_END()
