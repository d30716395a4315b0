// Operations of an engine for threads that may wait: tools, imports, tests.
#pragma once

#include "storage/api/completion.hpp"

#include <future>
#include <memory>
#include <utility>

namespace gantry {

namespace detail {

template <class T, class Start>
result<T> wait_for_answer(Start start) {
  // Shared, because the engine may still be in `set_value` when this returns.
  const auto answer = std::make_shared<std::promise<result<T>>>();
  auto later = answer->get_future();
  start(completion<T>{[answer](result<T> outcome) { answer->set_value(std::move(outcome)); }});
  return later.get();
}

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
  return detail::wait_for_answer<detail::answer_for<Parameters...>>(
    [&](auto done) { (part.*operation)(std::forward<Arguments>(arguments)..., std::move(done)); });
}

template <class Part, class Interface, class... Parameters, class... Arguments>
auto answer_of(const Part& part, void (Interface::*operation)(Parameters...) const,
               Arguments&&... arguments) {
  return detail::wait_for_answer<detail::answer_for<Parameters...>>(
    [&](auto done) { (part.*operation)(std::forward<Arguments>(arguments)..., std::move(done)); });
}

} // namespace gantry
