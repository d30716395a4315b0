// What rules decide about a tag, and why.
#pragma once

#include "domain/digest.hpp"
#include "domain/reference.hpp"
#include "domain/time_point.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry::retention {

/// What is known of a tag.
struct tag_facts {
  tag name;
  digest target;
  /// When the tag got its manifest.
  time_point pushed = {};
  /// Absent: never.
  std::optional<time_point> pulled = {};
  /// It stays whatever the rules say, and does not count for them.
  bool is_protected = false;
};

/// Why a rule lets a tag stay.
enum class reason : std::uint8_t {
  excepted,
  last_pushed,
  last_pulled,
  pushed_within,
  pulled_within,
  matching,
  versions,
};

/// The last enumerator.
inline constexpr reason last_reason = reason::versions;

/// The key of the file: `keep.lastpushed`, or `except`.
std::string_view to_string(reason why) noexcept;

class reason_set {
public:
  constexpr void add(reason why) noexcept { bits_ |= bit(why); }
  constexpr bool has(reason why) const noexcept { return (bits_ & bit(why)) != 0; }
  constexpr bool empty() const noexcept { return bits_ == 0; }

  friend constexpr bool operator==(reason_set, reason_set) = default;

private:
  static constexpr std::uint8_t bit(reason why) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(why));
  }

  std::uint8_t bits_ = 0;
};

struct verdict {
  bool is_doomed = false;
  /// It belongs to another manifest, as signatures do, and goes with the last tag of that. No rule
  /// has judged it.
  bool follows_subject = false;
  /// The place in the list of the rule that decided. Absent if a tag stays because no rule is about
  /// it, or because it follows; of one that follows and goes, it is the first rule that removes
  /// what it follows.
  std::optional<std::size_t> rule = {};
  /// All that let it stay; empty for one that goes.
  reason_set because = {};

  friend bool operator==(const verdict&, const verdict&) = default;
};

} // namespace gantry::retention
