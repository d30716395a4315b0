// The pull counter: an actor that counts how often each repository was pulled from. The worked
// example of docs/extending.md; in the server its messages would stand in actors/messages.hpp and
// its handle in actors/interfaces.hpp.
#pragma once

#include "actors/interfaces.hpp"

#include <caf/stateful_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace gantry {

namespace msg {

// [snippet pull-messages]
/// Tells that a manifest of the repository was pulled.
struct count_pull {
  repository_name repository;
};
/// Asks how often a repository was pulled from.
struct open_pull_count {
  repository_name repository;
};
/// Pulls since the server started.
struct pull_count {
  std::uint64_t pulls = 0;
};
// [/snippet]

} // namespace msg

// [snippet pull-interface]
/// The PULL COUNTER: how often each repository was pulled from.
using pull_counter_actor = caf::typed_actor<
  // Counts one pull.
  caf::reacts_to<msg::count_pull>,
  // Errors: name_unknown (none was counted).
  caf::replies_to<msg::open_pull_count>::with<msg::pull_count>>;
// [/snippet]

// [snippet pull-state]
/// What the actor knows and decides; only the actor calls it, and tests do.
class pull_counter_state {
public:
  static inline const char* name = "pull_counter";

  /// Counts at most so many repositories; further ones stay unknown.
  void set_limit(std::size_t repositories) { limit_ = repositories; }
  void count(const repository_name& repository);
  /// Errors: name_unknown.
  result<msg::pull_count> find(const repository_name& repository) const;

private:
  std::unordered_map<repository_name, std::uint64_t> pulls_;
  std::size_t limit_ = 0;
};

pull_counter_actor::behavior_type
pull_counter(pull_counter_actor::stateful_pointer<pull_counter_state> self, std::size_t limit);
// [/snippet]

} // namespace gantry

// [snippet pull-allow]
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(gantry::msg::count_pull)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(gantry::msg::open_pull_count)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(gantry::msg::pull_count)
// [/snippet]
