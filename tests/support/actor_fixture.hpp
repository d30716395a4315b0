// A registry's actors on CAF's test scheduler: nothing runs until the test lets it, and the test
// owns the clock. There are no separate threads because the test scheduler only supports the test's
// own; therefore no automatic garbage collections run.
#pragma once

#include "actors/errors.hpp"
#include "actors/registry_services.hpp"
#include "actors/supervisor.hpp"
#include "base/stepper.hpp"
#include "storage/memory/engine.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace gantry::test {

struct testing_config : caf::actor_system_config {
  testing_config() { set("scheduler.policy", caf::atom("testing")); }
};

inline actor_options without_threads(actor_options options) {
  options.gc_interval = {};
  options.own_threads = false;
  return options;
}

/// Does what an engine would do on threads of its own, while the actors run.
class fixture_steps final : public stepper {
public:
  void post(std::function<void()> step) override { posted_.push_back(std::move(step)); }
  void run_until(const std::function<bool()>& is_done) override {
    while (!is_done())
      BOOST_REQUIRE(actors->try_run_once() || take());
  }
  /// False if there is none.
  bool take() {
    if (posted_.empty())
      return false;
    const auto step = std::move(posted_.front());
    posted_.pop_front();
    step();
    return true;
  }

  caf::scheduler::test_coordinator* actors = nullptr;

private:
  std::deque<std::function<void()>> posted_;
};

class actor_fixture {
public:
  /// Puts an engine around the one in memory.
  using decorator = std::function<std::unique_ptr<storage_engine>(std::unique_ptr<storage_engine>)>;

  explicit actor_fixture(actor_options options = {},
                         std::uint64_t memory_limit = std::numeric_limits<std::uint64_t>::max(),
                         const decorator& around = {})
    : engine{make_engine(memory_limit, around)},
      services{*engine, without_threads(std::move(options))},
      system{config},
      scheduler{dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())},
      requester{system} {
    steps.actors = &scheduler;
    services.now = [this] { return now; };
    supervisor = system.spawn(gantry::supervisor, &services);
    BOOST_REQUIRE(ask<msg::acknowledged>(supervisor, msg::startup{}));
  }

  ~actor_fixture() { stop(); }

  /// Simulates the end of the process; idempotent.
  void stop() {
    if (!supervisor)
      return;
    auto stopped = ask<msg::acknowledged>(supervisor, msg::shutdown{});
    BOOST_CHECK(stopped);
    supervisor = supervisor_actor{};
  }

  /// Sends a request, lets everything run, and returns the answer.
  template <class Reply, class Actor, class Message>
  result<Reply> ask(const Actor& receiver, Message message) {
    auto pending = requester->request(receiver, caf::infinite, std::move(message));
    run_all();
    std::optional<result<Reply>> answer;
    pending.receive([&](Reply& reply) { answer.emplace(std::move(reply)); },
                    [&](const caf::error& failure) { answer.emplace(from_caf(failure)); });
    return std::move(*answer);
  }

  /// Lets everything run: the actors, and what they wait for.
  void run_all() {
    do
      scheduler.run();
    while (steps.take() || (beside && beside()));
  }

  repository_actor open_repository(std::string_view name) {
    msg::open_repository open{repository_name::parse(name).value(), true};
    auto reply = ask<msg::repository_reply>(services.directory.get(), open);
    BOOST_REQUIRE(reply);
    return reply->handle;
  }

  /// Pushes a blob: uploads it in one chunk, finishes and links it.
  digest push_blob(const repository_actor& home, std::string_view content) {
    auto upload = ask<msg::upload_started>(home, msg::start_upload{});
    BOOST_REQUIRE(upload);
    const auto chunk = begin_chunk(upload->session);
    BOOST_REQUIRE(
      ask<msg::acknowledged>(upload->session, msg::append_chunk{chunk, chunk_of(content)}));
    BOOST_REQUIRE(ask<msg::upload_status>(upload->session, msg::end_chunk{chunk}));
    const auto id = digest::of(content);
    BOOST_REQUIRE(ask<msg::blob_reply>(upload->session, msg::finish_upload{id}));
    return id;
  }

  /// Opens a chunk, which must succeed.
  chunk_number begin_chunk(const upload_session_actor& session,
                           const chunk_announcement& announced = {}) {
    const auto begun = ask<msg::chunk_reply>(session, msg::begin_chunk{announced});
    BOOST_REQUIRE(begun);
    return begun->number;
  }

  static msg::chunk chunk_of(std::string_view content) {
    std::shared_ptr<std::byte[]> storage{new std::byte[content.size() + 1]};
    for (std::size_t i = 0; i < content.size(); ++i)
      storage[i] = static_cast<std::byte>(content[i]);
    return {storage, content.size()};
  }

private:
  std::unique_ptr<storage_engine> make_engine(std::uint64_t limit, const decorator& around) {
    auto inner = storage::make_memory_engine(
      {.limit = limit, .workers = 0, .now = [this] { return now; }, .steps = &steps});
    return around ? around(std::move(inner)) : std::move(inner);
  }

public:
  time_point now = time_point{} + std::chrono::hours{1};
  /// What runs when the actors have nothing to do; false if it has nothing, either.
  std::function<bool()> beside;
  fixture_steps steps;
  std::unique_ptr<storage_engine> engine;
  registry_services services;
  testing_config config;
  caf::actor_system system;
  caf::scheduler::test_coordinator& scheduler;
  caf::scoped_actor requester;
  supervisor_actor supervisor;
};

} // namespace gantry::test
