// Shared by all behaviours: turns results into replies, catches exceptions, and replies after a
// completion.
#pragma once

#include "actors/call_in_progress.hpp"
#include "actors/errors.hpp"
#include "actors/messages.hpp"
#include "domain/storage.hpp"
#include "telemetry/log.hpp"
#include "telemetry/span.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

namespace gantry {

/// Runs `work` and returns its result. An exception that left a handler would end the actor and
/// drop its mailbox, so a storage failure becomes an ordinary error, and any other exception is
/// logged and becomes `internal`.
template <class Work>
auto attempt(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const storage_failure& unreadable) {
    return unreadable.why();
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

/// Calls `start(completion)` and replies when the completion is called: by an engine in memory
/// before `start` returns, by others later, on any thread, which may be one that runs this actor.
/// The reply and, before it, `ended` always run as the actor.
template <class Reply, class Self, class Start, class Ended>
caf::result<Reply> reply_later(Self* self, Start start, Ended ended) {
  auto promise = self->template make_response_promise<caf::typed_response_promise<Reply>>();
  auto answer = [promise, ended](result<Reply> outcome) mutable {
    ended();
    deliver(promise, std::move(outcome));
  };
  auto home = caf::actor_cast<typename Self::actor_hdl>(self);
  const call_in_progress starting;
  auto done = [answer, home, call = starting.make_ticket()](result<Reply> outcome) mutable {
    if (call.is_here()) // in the actor's handler
      return answer(std::move(outcome));
    auto later = [answer, outcome = std::move(outcome)]() mutable { answer(std::move(outcome)); };
    caf::anon_send(home, msg::resume{std::move(later)});
  };
  try {
    start(completion<Reply>{std::move(done)});
  } catch (const storage_failure& unreadable) {
    answer(unreadable.why());
  } catch (const std::exception& bug) {
    telemetry::log().error("an actor's handler threw: {}", bug.what());
    answer(fail(errc::internal));
  }
  return promise;
}

template <class Reply, class Self, class Start>
caf::result<Reply> reply_later(Self* self, Start start) {
  return reply_later<Reply>(self, std::move(start), [] {});
}

/// A `start` for `reply_later` whose write is a span of `part_of`, from here to its completion. The
/// engine works for that span meanwhile.
template <class Reply, class Start>
auto as_span(const telemetry::span_context& part_of, std::string_view name, Start start) {
  return [part_of, name, start](completion<Reply> done) {
    if (!part_of)
      return start(std::move(done));
    auto writing = std::make_shared<telemetry::span>(part_of, name);
    const auto here = writing->context();
    auto ended = [writing, done = std::move(done)](result<Reply> outcome) {
      writing->link(telemetry::current_span()); // a commit that other writes share
      if (!outcome)
        writing->set("error.type", to_string(outcome.error().code));
      writing->end();
      done(std::move(outcome));
    };
    const telemetry::span_scope working{here};
    start(completion<Reply>{std::move(ended)});
  };
}

} // namespace gantry
