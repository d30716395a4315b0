// The pull counter actor: how often manifests of each repository were pulled.
//
// Life: spawned by the supervisor, and again if it should die; ended by it. What it counts lies in
// memory alone: it begins at zero after its death, a reset, or a new start of the server.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"

#include <caf/stateful_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace gantry {

/// Clients choose the names: pulls of further repositories are not counted.
inline constexpr std::size_t max_counted_repositories = 10'000;

// [snippet pull-state]
/// What the actor knows and decides; only the actor calls it, and tests do.
class pull_counter_state {
public:
  static inline const char* name = "pull_counter";

  void open(registry_services& services) { services_ = &services; }

  void count(const repository_name& repository);
  /// Errors: name_unknown (the repository holds nothing).
  result<msg::pull_count> find(const repository_name& repository, bool holds_something);

private:
  /// Begins anew if the registry was reset meanwhile.
  void follow_resets();

  registry_services* services_ = nullptr;
  std::uint64_t generation_ = 0;
  std::unordered_map<repository_name, std::uint64_t> pulls_;
};

pull_counter_actor::behavior_type
pull_counter(pull_counter_actor::stateful_pointer<pull_counter_state> self,
             registry_services* services);
// [/snippet]

} // namespace gantry
