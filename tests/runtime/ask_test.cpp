#include "runtime/ask.hpp"

#include "runtime/threads.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <atomic>
#include <future>
#include <random>
#include <vector>

using namespace gantry;
namespace asio = boost::asio;

struct echo_request {
  int value = 0;
};
struct echo_reply {
  int value = 0;
};
struct drop_request {};
struct hold_request {};
struct die_request {};
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(echo_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(echo_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(drop_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hold_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(die_request)

namespace {

/// Replies, drops its promise, never replies, or dies with requests unanswered.
using target_actor = caf::typed_actor<
  caf::replies_to<echo_request>::with<echo_reply>, caf::replies_to<drop_request>::with<echo_reply>,
  caf::replies_to<hold_request>::with<echo_reply>, caf::replies_to<die_request>::with<echo_reply>>;
using promise = caf::typed_response_promise<echo_reply>;

struct target_state {
  std::vector<promise> held;
};

target_actor::behavior_type target(target_actor::stateful_pointer<target_state> self, int bias) {
  const auto hold = [self] {
    self->state.held.push_back(self->make_response_promise<promise>());
    return self->state.held.back();
  };
  return {
    [bias](const echo_request& m) { return echo_reply{m.value + bias}; },
    [self](const drop_request&) -> caf::result<echo_reply> {
      return self->make_response_promise<promise>();
    },
    [hold](const hold_request&) -> caf::result<echo_reply> { return hold(); },
    [self, hold](const die_request&) -> caf::result<echo_reply> {
      auto unanswered = hold();
      self->quit();
      return unanswered;
    },
  };
}

template <class Message>
asio::awaitable<result<echo_reply>> ask_once(target_actor receiver, Message message) {
  auto answer = co_await runtime::ask(receiver, std::move(message));
  co_return from_caf(std::move(answer));
}

struct running {
  explicit running(bool separate_scheduler) : threads{2, separate_scheduler} {}

  template <class Message>
  result<echo_reply> ask(const target_actor& receiver, Message message) {
    auto asked = ask_once(receiver, message);
    return asio::co_spawn(threads.context(0), std::move(asked), asio::use_future).get();
  }

  runtime::threads threads;
};

void end(const target_actor& actor) {
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

/// One of many clients of one actor: every request must be answered.
asio::awaitable<int> worker(caf::actor_system& system, unsigned seed, int rounds) {
  std::mt19937 random{seed};
  auto receiver = system.spawn(target, 1);
  int answered = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto dice = random() % 10;
    if (dice < 7) {
      const echo_request request{round};
      auto reply = co_await ask_once(receiver, request);
      answered += reply && reply->value == round + 1;
    } else if (dice < 9) {
      auto reply = co_await ask_once(receiver, drop_request{});
      answered += !reply;
    } else {
      auto reply = co_await ask_once(receiver, die_request{});
      answered += !reply;
      receiver = system.spawn(target, 1);
    }
  }
  end(receiver);
  co_return answered;
}

const bool schedulers[] = {false, true};

} // namespace

BOOST_AUTO_TEST_SUITE(ask)

BOOST_DATA_TEST_CASE(the_reply_comes_back, boost::unit_test::data::make(schedulers)) {
  running registry{sample};
  auto receiver = registry.threads.system().spawn(target, 1);
  BOOST_TEST(registry.ask(receiver, echo_request{41}).value().value == 42);
  end(receiver);
}

BOOST_AUTO_TEST_CASE(the_reply_of_an_idle_actor_is_available_immediately) {
  running registry{false};
  auto receiver = registry.threads.system().spawn(target, 1);
  auto look = [receiver]() -> asio::awaitable<bool> {
    auto answered = runtime::begin_ask(receiver, echo_request{41});
    auto held = runtime::begin_ask(receiver, hold_request{});
    const auto reply = answered.early();
    co_return reply && (*reply)->value == 42 && !held.early();
  };
  BOOST_TEST(asio::co_spawn(registry.threads.context(0), look, asio::use_future).get());
  end(receiver);
}

BOOST_DATA_TEST_CASE(a_late_reply_reaches_the_waiter, boost::unit_test::data::make(schedulers)) {
  running registry{sample};
  auto receiver = registry.threads.system().spawn(target, 1);
  auto wait = [receiver]() -> asio::awaitable<errc> {
    auto held = runtime::begin_ask(receiver, hold_request{});
    const auto early = held.early();
    end(receiver); // its promise dies with it
    auto reply = co_await held.wait();
    auto failure = from_caf(std::move(reply));
    co_return early ? errc::internal : failure.error().code;
  };
  auto code = asio::co_spawn(registry.threads.context(0), wait, asio::use_future).get();
  BOOST_CHECK(code == errc::unavailable);
}

BOOST_DATA_TEST_CASE(an_unanswered_request_still_completes,
                     boost::unit_test::data::make(schedulers)) {
  running registry{sample};
  auto receiver = registry.threads.system().spawn(target, 1);
  BOOST_CHECK(registry.ask(receiver, drop_request{}).error().code == errc::unavailable);
  BOOST_CHECK(registry.ask(receiver, die_request{}).error().code == errc::unavailable);
  BOOST_CHECK(registry.ask(receiver, echo_request{}).error().code == errc::unavailable);
  BOOST_CHECK(registry.ask(target_actor{}, echo_request{}).error().code == errc::unavailable);
}

BOOST_DATA_TEST_CASE(a_cancelled_ask_is_timed_out, boost::unit_test::data::make(schedulers)) {
  running registry{sample};
  auto receiver = registry.threads.system().spawn(target, 1);
  asio::cancellation_signal cancel;
  std::promise<errc> outcome;
  auto wait = [receiver]() -> asio::awaitable<errc> {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto reply = co_await ask_once(receiver, hold_request{});
    co_return reply.error().code;
  };
  auto& context = registry.threads.context(0);
  auto done = [&outcome](std::exception_ptr, errc code) { outcome.set_value(code); };
  asio::co_spawn(context, wait, asio::bind_cancellation_slot(cancel.slot(), done));
  // After the start of the coroutine, on its own thread.
  asio::post(context, [&] { cancel.emit(asio::cancellation_type::terminal); });
  BOOST_CHECK(outcome.get_future().get() == errc::timed_out);
  end(receiver);
}

BOOST_DATA_TEST_CASE(every_ask_of_many_completes_once, boost::unit_test::data::make(schedulers)) {
  constexpr int workers = 32;
  constexpr int rounds = 500;
  running registry{sample};
  std::vector<std::future<int>> futures;
  for (unsigned i = 0; i < workers; ++i) {
    auto work = worker(registry.threads.system(), i, rounds);
    futures.push_back(
      asio::co_spawn(registry.threads.context(i % 2), std::move(work), asio::use_future));
  }
  for (auto& answered : futures)
    BOOST_TEST(answered.get() == rounds);
}

BOOST_AUTO_TEST_CASE(two_registries_in_one_process_do_not_mix) {
  running first{false};
  running second{false};
  auto receiver = second.threads.system().spawn(target, 1);
  for (int round = 0; round < 100; ++round)
    BOOST_TEST(first.ask(receiver, echo_request{round}).value().value == round + 1);
  end(receiver);
}

BOOST_AUTO_TEST_SUITE_END()
