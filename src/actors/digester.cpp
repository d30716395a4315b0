#include "actors/digester.hpp"

#include "actors/dispatch.hpp"
#include "actors/part_hashing.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace gantry {

digester_actor::behavior_type digester(digester_actor::pointer self, std::size_t) {
  return {
    [](const msg::hash_chunk& m) {
      return reply([&]() -> result<msg::acknowledged> {
        m.running->update(m.bytes.bytes());
        return msg::acknowledged{};
      });
    },
    [self](const msg::hash_part& m) {
      return reply_when<msg::acknowledged>(self, [&](auto done) { hash_part(self, m, done); });
    },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
