// Which changes a watcher wants.
#pragma once

#include <string>
#include <string_view>

namespace gantry::watch {

/// Globs, in which `*` stands for any characters, slashes included; an empty one matches all.
struct filter {
  std::string repository = {};
  /// A glob matches no change of a manifest alone.
  std::string tag = {};

  bool matches_all() const noexcept { return repository.empty() && tag.empty(); }
  /// `name` is empty for a change of a manifest alone.
  bool match(std::string_view in, std::string_view name) const noexcept;
};

} // namespace gantry::watch
