// Shared by all behaviours: turns results into replies, catches exceptions, and waits for the
// answers of engines.
#pragma once

#include "actors/call_in_progress.hpp"
#include "actors/errors.hpp"
#include "actors/messages.hpp"
#include "domain/error.hpp"
#include "storage/api/completion.hpp"
#include "telemetry/log.hpp"
#include "telemetry/span.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gantry {

/// Runs `work` and returns its result. An exception that left a handler would end the actor and
/// drop its mailbox, so it is logged and becomes `internal`.
template <class Work>
auto attempt(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& bug) {
    telemetry::log().error("an actor's handler threw: {}", bug.what());
    return fail(errc::internal);
  }
}

/// The pause between slices, in which the thread serves other actors. A message to itself would run
/// next.
inline constexpr std::chrono::milliseconds slice_pause{1};

/// Replies with the result of `attempt`.
template <class Work>
auto reply(Work work) -> decltype(to_caf(work())) {
  return to_caf(attempt(std::move(work)));
}

/// Delivers a result to a promise.
template <class Reply>
void deliver(caf::typed_response_promise<Reply> promise, result<Reply> outcome) {
  if (outcome)
    promise.deliver(std::move(*outcome));
  else
    promise.deliver(to_caf(std::move(outcome).error()));
}

/// A completion within an actor that one continuation hands to the next: a copy allocates nothing,
/// unlike one of `completion`.
template <class T>
class shared_completion {
public:
  template <class Function>
  requires(!std::is_same_v<std::decay_t<Function>, shared_completion>)
    shared_completion(Function call) // NOLINT(google-explicit-constructor): as `std::function`
    : call_{std::make_shared<holder<Function>>(std::move(call))} {}

  void operator()(result<T> outcome) const { call_->run(std::move(outcome)); }

private:
  struct any_holder {
    virtual ~any_holder() = default;
    virtual void run(result<T> outcome) = 0;
  };
  template <class Function>
  struct holder final : any_holder {
    explicit holder(Function held) : call{std::move(held)} {}
    void run(result<T> outcome) override { call(std::move(outcome)); }
    Function call;
  };

  std::shared_ptr<any_holder> call_;
};

/// Replies with what `start` hands to its argument, which the actor calls once: before `start`
/// returns, or in a later handler.
template <class Reply, class Self, class Start>
caf::result<Reply> reply_when(Self* self, Start start) {
  struct answer {
    std::optional<result<Reply>> now;
    std::optional<caf::typed_response_promise<Reply>> later;
  };
  auto slot = std::make_shared<answer>();
  start([slot](result<Reply> outcome) {
    if (slot->later)
      deliver(*slot->later, std::move(outcome));
    else
      slot->now = std::move(outcome);
  });
  if (slot->now)
    return to_caf(std::move(*slot->now));
  slot->later = self->template make_response_promise<caf::typed_response_promise<Reply>>();
  return *slot->later;
}

/// Like `reply_when`, but the reply is sent before the argument of `start` returns: `quit` drops
/// what an actor has promised, so an actor that ends with this reply sends it first.
template <class Reply, class Self, class Start>
caf::result<Reply> reply_first(Self* self, Start start) {
  auto promise = self->template make_response_promise<caf::typed_response_promise<Reply>>();
  start([promise](result<Reply> outcome) { deliver(promise, std::move(outcome)); });
  return promise;
}

/// Calls `start(completion)`, then `next(outcome)` as the actor: within this call if the engine
/// answers within `start`, otherwise in a later handler. The engine may answer on any thread, which
/// may be one that runs this actor.
template <class T, class Self, class Start, class Next>
void when_answered(Self* self, Start start, Next next) {
  auto home = caf::actor_cast<typename Self::actor_hdl>(self);
  std::optional<result<T>> now;
  const call_in_progress starting;
  auto done = [&now, next, home = std::move(home),
               call = starting.make_ticket()](result<T> outcome) mutable {
    if (call.is_here()) { // in the actor's handler
      now = std::move(outcome);
      return;
    }
    auto held = std::make_shared<result<T>>(std::move(outcome));
    caf::anon_send(home, msg::resume{[next = std::move(next), held = std::move(held)]() mutable {
                     next(std::move(*held));
                   }});
  };
  try {
    start(completion<T>{std::move(done)});
  } catch (const std::exception& bug) {
    telemetry::log().error("an engine threw: {}", bug.what());
    now = fail(errc::internal);
  }
  if (now)
    next(std::move(*now));
}

/// An engine's answer as the reply of an actor.
template <class Reply, class T>
result<Reply> as_reply(result<T> outcome) {
  if (!outcome)
    return std::move(outcome).error();
  if constexpr (std::is_void_v<T>)
    return Reply{};
  else
    return Reply{std::move(*outcome)};
}

/// Replies with the answer of an engine: see `when_answered`.
template <class Reply, class T, class Self, class Start>
caf::result<Reply> reply_later(Self* self, Start start) {
  return reply_when<Reply>(self, [&](auto done) {
    when_answered<T>(self, std::move(start),
                     [done](result<T> outcome) { done(as_reply<Reply>(std::move(outcome))); });
  });
}

/// A `start` for `when_answered` whose write is a span of `part_of`, from here to its completion.
/// The engine works for that span meanwhile.
template <class T, class Start>
auto as_span(const telemetry::span_context& part_of, std::string_view name, Start start) {
  return [part_of, name, start](completion<T> done) {
    if (!part_of)
      return start(std::move(done));
    auto writing = std::make_shared<telemetry::span>(part_of, name);
    const auto here = writing->context();
    auto ended = [writing, done = std::move(done)](result<T> outcome) {
      writing->link(telemetry::current_span()); // a commit that other writes share
      if (!outcome)
        writing->set("error.type", to_string(outcome.error().code));
      writing->end();
      done(std::move(outcome));
    };
    const telemetry::span_scope working{here};
    start(completion<T>{std::move(ended)});
  };
}

} // namespace gantry
