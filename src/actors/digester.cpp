#include "actors/digester.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace gantry {

result<msg::acknowledged> hash_part(const msg::hash_part& part) {
  std::vector<std::byte> buffer(std::min<std::uint64_t>(part.length, 256 * 1024));
  for (std::uint64_t done = 0; done < part.length;) {
    const auto want = std::min<std::uint64_t>(buffer.size(), part.length - done);
    const auto got = part.source.get()->read(std::span{buffer}.first(want), part.offset + done);
    if (!got)
      return got.error();
    if (*got == 0)
      return fail(errc::storage_failed);
    part.running->update(std::span{buffer}.first(*got));
    done += *got;
  }
  return msg::acknowledged{};
}

digester_actor::behavior_type digester(digester_actor::pointer, std::size_t) {
  return {
    [](const msg::hash_chunk& m) {
      return reply([&]() -> result<msg::acknowledged> {
        m.running->update(m.bytes.bytes());
        return msg::acknowledged{};
      });
    },
    [](const msg::hash_part& m) { return reply([&] { return hash_part(m); }); },
  };
}

} // namespace gantry
