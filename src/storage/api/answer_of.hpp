// Operations of an engine for threads that may wait: tools, imports, tests, and the engine's own.
#pragma once

#include "base/stepper.hpp"
#include "storage/api/completion.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

namespace gantry {

/// Calls `start(completion)` and waits for the answer; takes `steps` meanwhile, if they replace
/// threads.
template <class T, class Start>
result<T> wait_for_answer(Start start, stepper* steps = nullptr) {
  // Shared, because the one who answers may still be in `set_value` when this returns.
  const auto answer = std::make_shared<std::promise<result<T>>>();
  auto later = answer->get_future();
  start(completion<T>{[answer](result<T> outcome) { answer->set_value(std::move(outcome)); }});
  if (steps)
    steps->run_until(
      [&] { return later.wait_for(std::chrono::seconds{0}) == std::future_status::ready; });
  return later.get();
}

namespace detail {

template <class First, class... Rest>
struct last_of : last_of<Rest...> {};
template <class Only>
struct last_of<Only> {
  using type = Only;
};

template <class T>
struct answer_type;
template <class T>
struct answer_type<completion<T>> {
  using type = T;
};

template <class... Parameters>
using answer_for = typename answer_type<typename last_of<Parameters...>::type>::type;

} // namespace detail

/// Asks a part of an engine and waits for its answer. Must not be called by an actor, or on a
/// thread of the engine. Example: `answer_of(*store, &repository_store::find_manifest, name)`.
template <class Part, class Interface, class... Parameters, class... Arguments>
auto answer_of(Part& part, void (Interface::*operation)(Parameters...), Arguments&&... arguments) {
  return wait_for_answer<detail::answer_for<Parameters...>>(
    [&](auto done) { (part.*operation)(std::forward<Arguments>(arguments)..., std::move(done)); });
}

template <class Part, class Interface, class... Parameters, class... Arguments>
auto answer_of(const Part& part, void (Interface::*operation)(Parameters...) const,
               Arguments&&... arguments) {
  return wait_for_answer<detail::answer_for<Parameters...>>(
    [&](auto done) { (part.*operation)(std::forward<Arguments>(arguments)..., std::move(done)); });
}

} // namespace gantry
