#include "simulation/client.hpp"

#include <caf/actor_system.hpp>

namespace gantry::simulation {

namespace {

caf::behavior answer(caf::event_based_actor* self,
                     const std::shared_ptr<caf::event_based_actor*>& known) {
  *known = self;
  return {[](const msg::resume& m) { m.run(); }};
}

} // namespace

requester::requester(caf::actor_system& system) : actor_{system.spawn(answer, self_)} {}

bool says_nothing(const error& why) {
  switch (why.code) {
  case errc::unavailable:
  case errc::disk_full:
  case errc::storage_failed:
  case errc::insufficient_storage:
  case errc::descriptors_exhausted: return true;
  default: return false;
  }
}

} // namespace gantry::simulation
