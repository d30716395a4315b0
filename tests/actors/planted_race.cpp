// A fixture: two actors write to the same numbers without a lock, each in a handler.
// ThreadSanitizer must report it; otherwise it does not see into actors. It can miss two
// simultaneous writes, so there are many.
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace {

std::array<int, 1000> unguarded{};

/// Creates no happens-before order between the two, unlike a lock or a message.
void await_both() {
  static std::atomic<int> here{0};
  here.fetch_add(1, std::memory_order_relaxed);
  while (here.load(std::memory_order_relaxed) < 2)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

caf::behavior adder(caf::event_based_actor* self) {
  return {[self](int amount) {
    await_both();
    for (int& number : unguarded)
      number += amount;
    self->quit();
  }};
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto first = system.spawn<caf::detached>(adder);
  const auto second = system.spawn<caf::detached>(adder);
  caf::anon_send(first, 1);
  caf::anon_send(second, 1);
}
