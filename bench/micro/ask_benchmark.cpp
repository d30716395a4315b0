// A question to an actor and its answer, on the io threads and on threads of CAF's own.
#include "runtime/ask.hpp"
#include "runtime/threads.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_event_based_actor.hpp>

using namespace gantry;

struct add_one {
  int value = 0;
};
struct sum {
  int value = 0;
};
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(add_one)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sum)

namespace {

using adding_actor = caf::typed_actor<caf::replies_to<add_one>::with<sum>>;

/// Takes an argument because CAF dereferences a null pointer if a function actor has none.
adding_actor::behavior_type adding(int step) {
  return {[step](const add_one& m) { return sum{m.value + step}; }};
}

boost::asio::awaitable<void> ask_again_and_again(benchmark::State& state, adding_actor receiver) {
  int value = 0;
  for (auto _ : state) {
    add_one question{value};
    const auto answer = co_await runtime::ask(receiver, question);
    if (!answer) {
      state.SkipWithError("no answer");
      co_return;
    }
    value = answer->value;
  }
}

/// `range(0)`: whether CAF has threads of its own.
void ask_an_actor(benchmark::State& state) {
  runtime::threads threads{1, state.range(0) != 0};
  const auto receiver = threads.system().spawn(adding, 1);
  boost::asio::co_spawn(threads.context(0), ask_again_and_again(state, receiver),
                        boost::asio::use_future)
    .get();
  caf::anon_send_exit(receiver, caf::exit_reason::user_shutdown);
}
BENCHMARK(ask_an_actor)->ArgName("own_threads")->Arg(0)->Arg(1)->UseRealTime();

} // namespace
