// One rule of retention.
#pragma once

#include "domain/digest.hpp"
#include "domain/repository_name.hpp"
#include "retention/name_pattern.hpp"
#include "retention/version_limits.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::retention {

/// What a rule keeps: a tag stays for any of these. Zero, or what is absent, keeps nothing.
struct keep_list {
  /// So many tags of those that the rule decides about.
  std::size_t last_pushed = 0;
  std::size_t last_pulled = 0;
  /// Until this long after the tag was pushed or pulled, inclusive.
  std::chrono::milliseconds pushed_within{0};
  std::chrono::milliseconds pulled_within{0};
  pattern_list matching = {};
  std::optional<version_limits> versions = {};

  bool empty() const noexcept;

  friend bool operator==(const keep_list&, const keep_list&) = default;
};

struct rule {
  /// As the file calls it; may be empty.
  std::string name = {};
  /// Where it begins in the file, counted from 1; 0 if it comes from none.
  int line = 0;
  pattern_list repositories = {};
  /// Empty: all.
  pattern_list tags = {};
  /// These stay, and do not count.
  pattern_list except = {};
  /// Not empty: such a rule would remove all its tags.
  keep_list keep = {};

  /// Wherever they begin.
  friend bool operator==(const rule& left, const rule& right) noexcept;
};

/// The first one that is about a tag decides.
using rule_list = std::vector<rule>;

bool is_about_repository(const rule& which, const repository_name& name) noexcept;
bool is_about_tag(const rule& which, std::string_view name) noexcept;

/// Equal for rules that decide equally because they were written alike. Names and lines do not
/// matter.
digest fingerprint_of(std::span<const rule> rules);

} // namespace gantry::retention
