// The referrers list: filtering and paging (distribution-spec, "Listing Referrers", end-12a,
// end-12b).
#pragma once

#include "domain/digest.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

/// A manifest that names a subject. `entry` is its descriptor as JSON text (see
/// `manifest::referrer_entry`).
struct referrer {
  digest id;
  std::string artifact_type;
  std::string entry;

  bool operator==(const referrer&) const = default;
};

struct referrers_query {
  /// Only these artifact types; empty means all.
  std::vector<std::string> artifact_types;
  /// Only referrers whose digest sorts after this one, the last of the previous page.
  std::optional<digest> last;
  /// A page ends before its JSON would exceed this many bytes; it has at least one entry.
  std::size_t max_bytes = 4'000'000;
};

struct referrers_page {
  std::vector<referrer> items;
  bool more = false;
};

/// The referrers of one subject, as stored by an engine.
class referrer_source {
public:
  virtual ~referrer_source() = default;

  /// Returns their digests above `after`, sorted, at most `limit`; only those of `artifact_type`
  /// unless it is null. Others cost no time.
  virtual std::vector<digest> list(const std::string* artifact_type,
                                   const std::optional<digest>& after, std::size_t limit) const = 0;
  /// Null if it was removed meanwhile.
  virtual std::optional<referrer> find(const digest& id) const = 0;
};

/// The most digests fetched at a time, over all artifact types.
inline constexpr std::size_t max_referrers_listed = 256;

/// Stable while entries are added because a page starts after a digest, not at an index. The cost
/// depends on the page, not on the number of referrers.
referrers_page select_referrers(const referrer_source& source, const referrers_query& query);

/// In memory. Thread-compatible.
class referrer_list final : public referrer_source {
public:
  void insert(referrer added);
  void erase(const digest& id);
  bool is_empty() const noexcept { return by_id_.empty(); }

  std::vector<digest> list(const std::string* artifact_type, const std::optional<digest>& after,
                           std::size_t limit) const override;
  std::optional<referrer> find(const digest& id) const override;

private:
  std::map<digest, referrer> by_id_;
  std::map<std::string, std::set<digest>> by_type_;
};

/// The image index that answers the request; `manifests` is always an array.
std::string render_referrers(const referrers_page& page);

} // namespace gantry
