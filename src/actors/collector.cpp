#include "actors/collector.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace gantry {

collector_actor::behavior_type collector(collector_actor::pointer self, services* environment) {
  const auto interval = environment->options.collect_interval;
  self->delayed_send(self, interval, msg::collect{});
  return {
    [self, environment, interval](const msg::collect&) {
      const auto now = environment->now();
      for (const auto& [id, upload] : environment->uploads.entries())
        self->send(upload.session, msg::expire_upload{now});
      for (const auto& [name, handle] : environment->repositories.entries())
        self->send(handle, msg::sleep_if_idle{now});
      self->delayed_send(self, interval, msg::collect{});
    },
  };
}

} // namespace gantry
