// Tells repeated digests apart from new ones.
#pragma once

#include "domain/digest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_set>

namespace gantry {

/// The digests that were seen so far. They must outlive this. Most manifests name few, which are
/// compared one by one; more are hashed.
class seen_digests {
public:
  /// Whether `id` is new.
  bool insert(const digest& id) {
    const auto end = few_.begin() + count_;
    if (std::any_of(few_.begin(), end, [&](const digest* known) { return *known == id; }))
      return false;
    if (count_ == few_.size())
      return more_.insert(id).second;
    few_[count_++] = &id;
    return true;
  }

private:
  std::array<const digest*, 8> few_{};
  std::size_t count_ = 0;
  std::unordered_set<digest> more_;
};

} // namespace gantry
