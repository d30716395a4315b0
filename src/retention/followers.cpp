#include "retention/followers.hpp"

#include "retention/subject_tag.hpp"

#include <algorithm>

namespace gantry::retention {

/// For each tag, the first of `leaders` that it follows: it belongs to the manifest of that, or to
/// the manifest of a tag that follows it.
std::vector<std::optional<std::size_t>> followers::leaders_of_all(const places& leaders) const {
  std::vector<std::optional<std::size_t>> found(tags_.size());
  for (const auto leader : leaders)
    for (places due{leader}; !due.empty();) {
      const auto [first, end] = by_subject_.equal_range(subject_name(tags_[due.back()].target));
      due.pop_back();
      // All that belong to one manifest are found together.
      if (first == end || found[first->second])
        continue;
      for (auto each = first; each != end; ++each) {
        found[each->second] = leader;
        due.push_back(each->second);
      }
    }
  return found;
}

void followers::judge(std::vector<verdict>& into) const {
  if (by_subject_.empty())
    return;
  places doomed;
  places kept;
  for (std::size_t i = 0; i < into.size(); ++i)
    if (!into[i].follows_subject)
      (into[i].is_doomed ? doomed : kept).push_back(i);
  std::ranges::stable_sort(doomed, {}, [&](std::size_t place) { return into[place].rule; });
  const auto losing = leaders_of_all(doomed);
  // Not even one tag of the subject goes, or it has none: this one stays, and so do those that
  // belong to its own manifest.
  for (const auto& [subject, place] : by_subject_)
    if (!losing[place])
      kept.push_back(place);
  const auto held = leaders_of_all(kept);
  for (const auto& [subject, place] : by_subject_)
    if (losing[place] && !held[place]) {
      into[place].is_doomed = true;
      into[place].rule = into[*losing[place]].rule;
    }
}

} // namespace gantry::retention
