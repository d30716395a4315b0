#include "actors/pull_counter.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace gantry {

// [snippet pull-behavior]
void pull_counter_state::count(const repository_name& repository) {
  follow_resets();
  if (pulls_.size() < max_counted_repositories || pulls_.contains(repository))
    ++pulls_[repository];
}

result<msg::pull_count> pull_counter_state::find(const repository_name& repository,
                                                 bool holds_something) {
  follow_resets();
  if (!holds_something) {
    pulls_.erase(repository);
    return fail(errc::name_unknown, repository.to_string());
  }
  const auto counted = pulls_.find(repository);
  return msg::pull_count{counted == pulls_.end() ? 0 : counted->second};
}

void pull_counter_state::follow_resets() {
  const std::uint64_t now = services_->generation;
  if (std::exchange(generation_, now) != now)
    pulls_.clear();
}

pull_counter_actor::behavior_type
pull_counter(pull_counter_actor::stateful_pointer<pull_counter_state> self,
             registry_services* services) {
  self->state.open(*services);
  return {
    [self](const msg::count_pull& m) { self->state.count(m.repository); },
    [self, services](const msg::get_pulls& m) {
      return reply_when<msg::pull_count>(self, [&](auto done) {
        when_answered<bool>(
          self,
          [&](auto answer) {
            services->engine.metadata().contains(m.repository, std::move(answer));
          },
          [self, repository = m.repository, done](result<bool> contained) {
            if (contained)
              done(self->state.find(repository, *contained));
            else
              done(std::move(contained).error());
          });
      });
    },
    [](const msg::resume& m) { m.run(); },
  };
}
// [/snippet]

} // namespace gantry
