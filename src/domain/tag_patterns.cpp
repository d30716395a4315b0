#include "domain/tag_patterns.hpp"

#include <algorithm>
#include <fnmatch.h>

namespace gantry {

bool tag_patterns::match(std::string_view tag) const {
  const std::string name{tag};
  return std::any_of(globs_.begin(), globs_.end(), [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
  });
}

} // namespace gantry
