// Selects and renders pages of a referrers list.
#include "domain/referrers.hpp"

#include <algorithm>

namespace gantry {

namespace {

constexpr std::string_view head =
  R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)";
constexpr std::string_view foot = "]}";

bool selects(const referrers_query& query, const referrer& candidate) {
  return query.artifact_types.empty() ||
         std::ranges::find(query.artifact_types, candidate.artifact_type) !=
           query.artifact_types.end();
}

} // namespace

referrers_page select_referrers(const std::vector<referrer>& sorted, const referrers_query& query) {
  referrers_page page;
  std::size_t bytes = head.size() + foot.size();
  auto next =
    query.last ? std::ranges::upper_bound(sorted, *query.last, {}, &referrer::id) : sorted.begin();
  for (; next != sorted.end(); ++next) {
    if (!selects(query, *next))
      continue;
    const std::size_t added = next->entry.size() + (page.items.empty() ? 0 : 1);
    if (!page.items.empty() && bytes + added > query.max_bytes) {
      page.more = true;
      break;
    }
    bytes += added;
    page.items.push_back(*next);
  }
  return page;
}

std::string render_referrers(const referrers_page& page) {
  std::string text{head};
  for (const referrer& item : page.items) {
    if (&item != &page.items.front())
      text += ',';
    text += item.entry;
  }
  text += foot;
  return text;
}

} // namespace gantry
