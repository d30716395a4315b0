#include "actors/pull_counter.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace gantry {

// [snippet pull-behavior]
void pull_counter_state::count(const repository_name& repository) {
  if (pulls_.size() < limit_ || pulls_.contains(repository))
    ++pulls_[repository];
}

result<msg::pull_count> pull_counter_state::find(const repository_name& repository) const {
  const auto counted = pulls_.find(repository);
  if (counted == pulls_.end())
    return fail(errc::name_unknown, repository.to_string());
  return msg::pull_count{counted->second};
}

pull_counter_actor::behavior_type
pull_counter(pull_counter_actor::stateful_pointer<pull_counter_state> self, std::size_t limit) {
  self->state.set_limit(limit);
  return {
    [self](const msg::count_pull& m) { self->state.count(m.repository); },
    [self](const msg::open_pull_count& m) {
      return reply([&] { return self->state.find(m.repository); });
    },
  };
}
// [/snippet]

} // namespace gantry
