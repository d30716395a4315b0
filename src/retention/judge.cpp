#include "retention/judge.hpp"

#include "retention/followers.hpp"
#include "retention/subject_tag.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <tuple>
#include <utility>

namespace gantry::retention {

namespace {

/// Places in the list of tags.
using places = std::vector<std::size_t>;

/// Applies one rule to the tags that it decides about.
class rule_judge {
public:
  rule_judge(const rule& by, std::span<const tag_facts> tags, time_point now,
             std::vector<verdict>& into)
    : by_{by}, tags_{tags}, now_{now}, into_{into} {}

  void judge(places among) {
    assert(!by_.keep.empty());
    std::erase_if(among, [this](std::size_t place) {
      return mark(place, reason::excepted, match_any(by_.except, name_of(place)));
    });
    keep_last_pushed(among);
    keep_last_pulled(among);
    keep_recent(among);
    keep_versions(among);
    for (const auto place : among) {
      mark(place, reason::matching, match_any(by_.keep.matching, name_of(place)));
      into_[place].is_doomed = into_[place].because.empty();
    }
  }

private:
  const std::string& name_of(std::size_t place) const { return tags_[place].name.to_string(); }

  bool mark(std::size_t place, reason why, bool applies = true) {
    if (applies)
      into_[place].because.add(why);
    return applies;
  }

  void keep_last_pushed(places& among) {
    keep_first(among, by_.keep.last_pushed, reason::last_pushed,
               [](const tag_facts& each) { return std::tie(each.pushed, each.name); });
  }

  void keep_last_pulled(places& among) {
    // What is absent is smaller than all times.
    keep_first(among, by_.keep.last_pulled, reason::last_pulled,
               [](const tag_facts& each) { return std::tie(each.pulled, each.pushed, each.name); });
  }

  /// Those with the largest keys.
  template <class Key>
  void keep_first(places& among, std::size_t most, reason why, Key key_of) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, among.size()));
    const auto end = among.begin() + count;
    std::nth_element(among.begin(), end, among.end(), [&](std::size_t left, std::size_t right) {
      return key_of(tags_[left]) > key_of(tags_[right]);
    });
    std::for_each(among.begin(), end, [&](std::size_t place) { mark(place, why); });
  }

  void keep_recent(const places& among) {
    const auto& keep = by_.keep;
    for (const auto place : among) {
      const auto& pushed = tags_[place].pushed;
      const auto& pulled = tags_[place].pulled;
      mark(place, reason::pushed_within,
           keep.pushed_within.count() > 0 && pushed >= now_ - keep.pushed_within);
      mark(place, reason::pulled_within,
           keep.pulled_within.count() > 0 && pulled && *pulled >= now_ - keep.pulled_within);
    }
  }

  void keep_versions(const places& among) {
    if (!by_.keep.versions)
      return;
    std::vector<std::optional<version>> versions;
    versions.reserve(among.size());
    for (const auto place : among)
      versions.push_back(version::parse(name_of(place)));
    const auto kept = kept_versions(*by_.keep.versions, versions);
    for (std::size_t i = 0; i < among.size(); ++i)
      mark(among[i], reason::versions, kept[i]);
  }

  const rule& by_;
  std::span<const tag_facts> tags_;
  time_point now_;
  std::vector<verdict>& into_;
};

/// Removes and returns those that the rule is about.
places take_those_of(const rule& by, std::span<const tag_facts> tags, places& open) {
  const auto taken = std::stable_partition(open.begin(), open.end(), [&](std::size_t place) {
    return !is_about_tag(by, tags[place].name.to_string());
  });
  places found{taken, open.end()};
  open.erase(taken, open.end());
  return found;
}

} // namespace

std::vector<verdict> judge(std::span<const rule> rules, const repository_name& repository,
                           std::span<const tag_facts> tags, time_point now) {
  std::vector<verdict> verdicts(tags.size());
  followers following{tags};
  places open;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (tags[i].is_protected)
      continue;
    const auto subject = subject_of(tags[i].name.to_string());
    verdicts[i].follows_subject = subject.has_value();
    if (subject)
      following.add(i, *subject);
    else
      open.push_back(i);
  }
  for (std::size_t number = 0; number < rules.size(); ++number) {
    if (!is_about_repository(rules[number], repository))
      continue;
    auto decided = take_those_of(rules[number], tags, open);
    for (const auto place : decided)
      verdicts[place].rule = number;
    rule_judge{rules[number], tags, now, verdicts}.judge(std::move(decided));
  }
  following.judge(verdicts);
  return verdicts;
}

} // namespace gantry::retention
