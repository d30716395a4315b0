// A registry's actors on real threads, for actors with separate threads: the scheduler of
// `actor_fixture` supports only the test's own.
#pragma once

#include "actors/errors.hpp"
#include "actors/registry_services.hpp"
#include "actors/supervisor.hpp"
#include "storage/memory/engine.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace gantry::test {

class threaded_actors {
public:
  explicit threaded_actors(actor_options options = {}) : services{*engine, std::move(options)} {
    supervisor = system.spawn(gantry::supervisor, &services);
    BOOST_REQUIRE(ask<msg::acknowledged>(supervisor, msg::startup{}));
  }
  ~threaded_actors() { BOOST_CHECK(ask<msg::acknowledged>(supervisor, msg::shutdown{})); }

  /// Waits for the answer.
  template <class Reply, class Actor, class Message>
  result<Reply> ask(const Actor& receiver, Message message) {
    std::optional<result<Reply>> answer;
    requester->request(receiver, caf::infinite, std::move(message))
      .receive([&](Reply& reply) { answer.emplace(std::move(reply)); },
               [&](const caf::error& failure) { answer.emplace(from_caf(failure)); });
    return std::move(*answer);
  }

  repository_actor open_repository(std::string_view name) {
    msg::open_repository open{repository_name::parse(name).value(), true};
    return ask<msg::repository_reply>(services.directory.get(), open).value().handle;
  }

  std::unique_ptr<storage_engine> engine = storage::make_memory_engine({});
  registry_services services;
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor requester{system};
  supervisor_actor supervisor;
};

} // namespace gantry::test
