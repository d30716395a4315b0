// An actor system of one thread, and questions that wait for their answer.
#pragma once

#include "actors/errors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace gantry::test {

struct local_actors {
  local_actors() {
    config.set("scheduler.max-threads", 1u);
    config.set("scheduler.policy", caf::atom("sharing"));
    system.emplace(config);
  }

  /// The reply or error of `receiver`.
  template <class Reply, class Actor, class Message>
  result<Reply> ask(const Actor& receiver, Message message) {
    result<Reply> outcome = fail(errc::internal, "no answer");
    caf::scoped_actor self{*system};
    self->request(receiver, std::chrono::seconds{20}, std::move(message))
      .receive([&](Reply& answer) { outcome = std::move(answer); },
               [&](caf::error& failure) { outcome = from_caf(failure); });
    return outcome;
  }

  template <class Actor>
  void end(const Actor& actor) {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
};

} // namespace gantry::test
