// Shell patterns that say which tags are immutable.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry {

/// Immutable and therefore thread-safe.
class tag_patterns {
public:
  /// Matches nothing.
  tag_patterns() = default;
  explicit tag_patterns(std::vector<std::string> globs) : globs_{std::move(globs)} {}

  bool empty() const noexcept { return globs_.empty(); }
  bool match(std::string_view tag) const;

private:
  std::vector<std::string> globs_;
};

} // namespace gantry
