#include "actors/digester.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace gantry {

digester_actor::behavior_type digester(digester_actor::pointer, std::size_t) {
  return {
    [](const msg::hash_chunk& m) {
      return reply([&]() -> result<msg::done> {
        m.running->update(m.bytes.bytes());
        return msg::done{};
      });
    },
  };
}

} // namespace gantry
