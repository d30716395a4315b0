#include "runtime/frugal_clock.hpp"

#include "runtime/threads.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/test_actor_clock.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <ostream>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

/// Counts the calls that reach the clock.
struct counting_clock : caf::detail::test_actor_clock {
  int cancellations = 0;
  void cancel_timeouts(caf::abstract_actor* self) override {
    ++cancellations;
    test_actor_clock::cancel_timeouts(self);
  }
};

struct clock_fixture {
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor first{system};
  caf::scoped_actor second{system};
  runtime::frugal_clock<counting_clock> clock;

  static caf::abstract_actor* address(const caf::scoped_actor& self) {
    return caf::actor_cast<caf::abstract_actor*>(self);
  }
};

enum class timeout { ordinary, multi, request };
std::ostream& operator<<(std::ostream& out, timeout kind) {
  return out << static_cast<int>(kind);
}

void set(caf::actor_clock& clock, caf::abstract_actor* self, timeout kind) {
  const auto due = clock.now() + 1s;
  switch (kind) {
  case timeout::ordinary: clock.set_ordinary_timeout(due, self, caf::atom("receive"), 1); break;
  case timeout::multi: clock.set_multi_timeout(due, self, caf::atom("tick"), 1); break;
  case timeout::request: clock.set_request_timeout(due, self, caf::make_message_id(1)); break;
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(frugal_clock, clock_fixture)

BOOST_AUTO_TEST_CASE(actors_without_timeouts_do_not_reach_the_clock) {
  clock.cancel_timeouts(address(first));
  BOOST_TEST(clock.cancellations == 0);
}

BOOST_DATA_TEST_CASE(timeouts_of_every_kind_end_with_their_actor,
                     boost::unit_test::data::make({timeout::ordinary, timeout::multi,
                                                   timeout::request}),
                     kind) {
  set(clock, address(first), kind);
  BOOST_TEST(clock.has_pending_timeout());
  clock.cancel_timeouts(address(first));
  BOOST_TEST(clock.cancellations == 1);
  BOOST_TEST(!clock.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(timeouts_of_other_actors_stay) {
  set(clock, address(first), timeout::request);
  clock.cancel_timeouts(address(second));
  BOOST_TEST(clock.cancellations == 0);
  BOOST_TEST(clock.has_pending_timeout());
}

BOOST_AUTO_TEST_CASE(cancelled_timeouts_are_not_cancelled_again) {
  set(clock, address(first), timeout::request);
  set(clock, address(second), timeout::request);
  clock.cancel_timeouts(address(first));
  clock.cancel_timeouts(address(first));
  BOOST_TEST(clock.cancellations == 1);
  BOOST_TEST(clock.has_pending_timeout());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(requests_of_actors_on_io_threads_still_time_out) {
  runtime::threads threads{2, false};
  caf::scoped_actor self{threads.system()};
  const auto hold = [](caf::event_based_actor* who, int) -> caf::behavior {
    return {[who](int) { return who->make_response_promise(); }};
  };
  const auto pass_on = [](caf::event_based_actor* who, const caf::actor& next) -> caf::behavior {
    return {[who, next](int value) {
      auto promise = who->make_response_promise();
      who->request(next, 10ms, value)
        .then([] {}, [promise](caf::error& late) mutable { promise.deliver(std::move(late)); });
      return promise;
    }};
  };
  const auto silent = threads.system().spawn(hold, 0);
  const auto asking = threads.system().spawn(pass_on, silent);
  caf::error received;
  self->request(asking, caf::infinite, 1)
    .receive([] {}, [&](caf::error& late) { received = std::move(late); });
  BOOST_TEST((received == caf::sec::request_timeout));
}
