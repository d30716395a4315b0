#include "watch/filter.hpp"

#include "base/glob.hpp"

namespace gantry::watch {

bool filter::match(std::string_view in, std::string_view name) const noexcept {
  if (!repository.empty() && !matches_glob(repository, in))
    return false;
  return tag.empty() || (!name.empty() && matches_glob(tag, name));
}

} // namespace gantry::watch
