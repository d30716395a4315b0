// The referrers list: filter and pages (distribution-spec, "Listing Referrers", end-12a, end-12b).
#pragma once

#include "domain/digest.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

/// One manifest that names a subject. `entry` is its descriptor as JSON text (see
/// `manifest::referrer_entry`).
struct referrer {
  digest id;
  std::string artifact_type;
  std::string entry;

  bool operator==(const referrer&) const = default;
};

struct referrers_query {
  /// Only these artifact types; empty for all.
  std::vector<std::string> artifact_types;
  /// Only referrers whose digest sorts after this one: where the page before ended.
  std::optional<digest> last;
  /// A page ends before its JSON would exceed this many bytes; it holds at least one entry.
  std::size_t max_bytes = 4'000'000;
};

struct referrers_page {
  std::vector<referrer> items;
  bool more = false;
};

/// `sorted` is in the order of `referrer::id`. Stable while entries are added: a page starts after
/// a digest, not at an index.
referrers_page select_referrers(const std::vector<referrer>& sorted, const referrers_query& query);

/// The image index that answers the request; `manifests` is always an array.
std::string render_referrers(const referrers_page& page);

} // namespace gantry
