// Decides about tags that belong to other manifests.
#pragma once

#include "retention/verdict.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::retention {

/// Lets such tags of a repository follow their subjects: one goes if the manifest that it belongs
/// to has tags, and all of them go.
class followers {
public:
  /// `tags` outlive it.
  explicit followers(std::span<const tag_facts> tags) : tags_{tags} {}

  /// The tag at this place belongs to `subject`; see `subject_of`.
  void add(std::size_t place, std::string_view subject) { by_subject_.emplace(subject, place); }

  /// Precondition: `into` has the verdicts on all other tags, and says of those that were added
  /// that they follow.
  void judge(std::vector<verdict>& into) const;

private:
  using places = std::vector<std::size_t>;

  std::vector<std::optional<std::size_t>> leaders_of_all(const places& leaders) const;

  std::span<const tag_facts> tags_;
  std::multimap<std::string, std::size_t, std::less<>> by_subject_;
};

} // namespace gantry::retention
