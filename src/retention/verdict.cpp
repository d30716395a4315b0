#include "retention/verdict.hpp"

namespace gantry::retention {

std::string_view to_string(reason why) noexcept {
  switch (why) {
  case reason::excepted: return "except";
  case reason::last_pushed: return "keep.lastpushed";
  case reason::last_pulled: return "keep.lastpulled";
  case reason::pushed_within: return "keep.pushedwithin";
  case reason::pulled_within: return "keep.pulledwithin";
  case reason::matching: return "keep.matching";
  case reason::versions: return "keep.versions";
  }
  return "unknown";
}

} // namespace gantry::retention
