// Random rules and tags: what holds for all of them, and a model that is too simple to be wrong.
#include "retention/judge.hpp"

#include "retention/samples.hpp"
#include "retention/subject_tag.hpp"
#include "support/random_source.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(properties)

namespace {

using namespace gantry;
using namespace gantry::test;
using retention::reason;
using retention::tag_facts;

using tag_list = std::vector<tag_facts>;
using verdict_list = std::vector<retention::verdict>;

constexpr std::uint32_t worlds = 3000;
constexpr std::size_t manifests = 12;

const std::vector<std::string> patterns{"*",  "v*", "1.*", "*-rc*", "a*", "*b",
                                        "ab", "b*", "*.0", "a",     "*a*"};

retention::pattern_list some_patterns(random_source& random, std::size_t most) {
  retention::pattern_list made;
  for (auto more = random.below(most + 1); more > 0; --more)
    made.push_back(retention::name_pattern::of_tags(random.of(patterns)));
  return made;
}

std::size_t some_limit(random_source& random, std::size_t least) {
  return random.one_in(3) ? retention::unlimited : least + random.below(3);
}

retention::keep_list make_keep(random_source& random) {
  retention::keep_list made;
  do {
    if (random.one_in(3))
      made.last_pushed = 1 + random.below(5);
    if (random.one_in(4))
      made.last_pulled = 1 + random.below(5);
    if (random.one_in(4))
      made.pushed_within = std::chrono::hours{24 * (1 + random.below(8))};
    if (random.one_in(4))
      made.pulled_within = std::chrono::hours{24 * (1 + random.below(8))};
    if (random.one_in(4))
      made.matching = some_patterns(random, 2);
    if (random.one_in(3))
      made.versions = {some_limit(random, 1), some_limit(random, 1), some_limit(random, 1),
                       some_limit(random, 0)};
  } while (made.empty());
  return made;
}

retention::rule make_rule(random_source& random) {
  retention::rule made;
  const auto* const repositories = random.one_in(5) ? "other/*" : "team/*";
  made.repositories.push_back(retention::name_pattern::of_repositories(repositories));
  if (!random.one_in(3))
    made.tags = some_patterns(random, 2);
  if (random.one_in(3))
    made.except = some_patterns(random, 1);
  made.keep = make_keep(random);
  return made;
}

digest manifest_of(std::size_t number) {
  return digest::of(std::to_string(number));
}

std::string make_name(random_source& random) {
  const auto digit = [&] { return std::to_string(random.below(3)); };
  if (random.one_in(3)) { // it belongs to one of the manifests
    const std::vector<std::string> ends{"", ".sig", ".att", ".sbom"};
    return retention::subject_name(manifest_of(random.below(manifests + 2))) +
           ends[random.below(ends.size())];
  }
  if (random.one_in(3)) {
    std::string text;
    for (auto more = 1 + random.below(3); more > 0; --more)
      text += static_cast<char>('a' + random.below(2));
    return text;
  }
  auto text = (random.one_in(3) ? "v" : "") + digit() + "." + digit() + "." + digit();
  if (random.one_in(3))
    text += "-rc." + digit();
  if (random.one_in(8))
    text += "_" + digit();
  return text;
}

/// Few moments, so that many are the same.
time_point some_moment(random_source& random) {
  return days_ago(static_cast<int>(random.below(10)) - 1);
}

tag_list make_tags(random_source& random) {
  std::set<std::string> names;
  for (auto more = random.below(40); more > 0; --more)
    names.insert(make_name(random));
  tag_list made;
  for (const auto& each : names) {
    tag_facts facts{tag::parse(each).value(), manifest_of(random.below(manifests)),
                    some_moment(random)};
    if (!random.one_in(3))
      facts.pulled = some_moment(random);
    made.push_back(std::move(facts));
  }
  std::ranges::shuffle(made, random.engine);
  return made;
}

struct sample_world {
  retention::rule_list rules;
  tag_list tags;
};

sample_world make_world(random_source& random) {
  sample_world made;
  for (auto more = 1 + random.below(3); more > 0; --more)
    made.rules.push_back(make_rule(random));
  made.tags = make_tags(random);
  return made;
}

verdict_list verdicts_on(const retention::rule_list& rules, const tag_list& tags) {
  return retention::judge(rules, sample_repository(), tags, retention_now);
}

/// Calls `check(world, verdicts)` for many worlds.
template <class Check>
void for_many_worlds(Check check) {
  for (std::uint32_t seed = 0; seed < worlds; ++seed) {
    random_source random{std::mt19937{seed}};
    const auto world = make_world(random);
    BOOST_TEST_CONTEXT("seed " << seed) {
      check(world, verdicts_on(world.rules, world.tags), random);
    }
  }
}

/// The rules as the documentation tells them, for one tag after the other.
struct model {
  const retention::rule_list& rules;
  const tag_list& tags;

  static bool follows(const tag_facts& each) {
    return retention::subject_of(each.name.to_string()).has_value();
  }

  std::optional<std::size_t> rule_of(const tag_facts& each) const {
    for (std::size_t i = 0; i < rules.size() && !follows(each); ++i)
      if (is_about_repository(rules[i], sample_repository()) &&
          is_about_tag(rules[i], each.name.to_string()))
        return i;
    return std::nullopt;
  }

  bool is_excepted(const tag_facts& each) const {
    return match_any(rules[*rule_of(each)].except, each.name.to_string());
  }

  /// Those that the rule of this one counts.
  tag_list counted_with(const tag_facts& one) const {
    tag_list found;
    for (const auto& each : tags)
      if (rule_of(each) == rule_of(one) && !is_excepted(each))
        found.push_back(each);
    return found;
  }

  template <class Key>
  bool is_among_last(const tag_facts& one, std::size_t most, Key key_of) const {
    const auto all = counted_with(one);
    return static_cast<std::size_t>(std::ranges::count_if(
             all, [&](const tag_facts& each) { return key_of(each) > key_of(one); })) < most;
  }

  /// Whether fewer than `most` groups of releases are newer, of those that `belongs` names.
  bool is_kept_release(const retention::version& one, const std::set<retention::version>& releases,
                       const retention::version_limits& limits) const {
    using level = retention::version_level;
    const auto newer_groups = [&](level of, auto belongs) {
      std::vector<retention::version> groups;
      for (const auto& each : releases)
        if (each > one && !each.is_same(of, one) && belongs(each) &&
            (groups.empty() || !groups.back().is_same(of, each)))
          groups.push_back(each);
      return groups.size();
    };
    return newer_groups(level::major, [](const auto&) { return true; }) < limits.major &&
           newer_groups(level::minor,
                        [&](const auto& each) { return each.is_same(level::major, one); }) <
             limits.minor &&
           newer_groups(level::patch, [&](const auto& each) {
             return each.is_same(level::minor, one);
           }) < limits.patch;
  }

  bool is_kept_version(const tag_facts& one, const retention::version_limits& limits) const {
    const auto version = retention::version::parse(one.name.to_string());
    if (!version)
      return false;
    std::set<retention::version> releases;
    std::set<retention::version> newer_prereleases;
    for (const auto& each : counted_with(one))
      if (const auto read = retention::version::parse(each.name.to_string())) {
        if (!read->is_prerelease())
          releases.insert(*read);
        else if (*read > *version)
          newer_prereleases.insert(*read);
      }
    if (!version->is_prerelease())
      return is_kept_release(*version, releases, limits);
    return (releases.empty() || *version > *releases.rbegin()) &&
           newer_prereleases.size() < limits.prereleases;
  }

  retention::reason_set reasons_of(const tag_facts& one) const {
    retention::reason_set found;
    const auto add = [&](reason why, bool applies) {
      if (applies)
        found.add(why);
    };
    if (!rule_of(one))
      return found;
    const auto& keep = rules[*rule_of(one)].keep;
    const auto within = [](time_point at, std::chrono::milliseconds span) {
      return span.count() != 0 && retention_now - at <= span;
    };
    if (is_excepted(one)) {
      found.add(reason::excepted);
      return found;
    }
    add(reason::last_pushed, is_among_last(one, keep.last_pushed, [](const tag_facts& each) {
          return std::pair{each.pushed, each.name};
        }));
    add(reason::last_pulled, is_among_last(one, keep.last_pulled, [](const tag_facts& each) {
          return std::tuple{each.pulled, each.pushed, each.name};
        }));
    add(reason::pushed_within, within(one.pushed, keep.pushed_within));
    add(reason::pulled_within, one.pulled && within(*one.pulled, keep.pulled_within));
    add(reason::matching, match_any(keep.matching, one.name.to_string()));
    add(reason::versions, keep.versions && is_kept_version(one, *keep.versions));
    return found;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(rules_decide_as_the_model_does) {
  for_many_worlds([](const sample_world& world, const verdict_list& verdicts, random_source&) {
    const model expected{world.rules, world.tags};
    for (std::size_t i = 0; i < world.tags.size(); ++i) {
      const auto& each = world.tags[i];
      BOOST_TEST_INFO(each.name.to_string());
      BOOST_TEST_REQUIRE(verdicts[i].follows_subject == model::follows(each));
      if (verdicts[i].follows_subject)
        continue;
      BOOST_TEST_REQUIRE((verdicts[i].rule == expected.rule_of(each)));
      BOOST_TEST_REQUIRE((verdicts[i].because == expected.reasons_of(each)));
      BOOST_TEST_REQUIRE(verdicts[i].is_doomed ==
                         (verdicts[i].rule.has_value() && verdicts[i].because.empty()));
    }
  });
}

BOOST_AUTO_TEST_CASE(the_order_of_tags_does_not_matter) {
  for_many_worlds(
    [](const sample_world& world, const verdict_list& verdicts, random_source& random) {
      std::map<std::string, retention::verdict> by_name;
      for (std::size_t i = 0; i < world.tags.size(); ++i)
        by_name[world.tags[i].name.to_string()] = verdicts[i];
      auto shuffled = world.tags;
      std::ranges::shuffle(shuffled, random.engine);
      const auto again = verdicts_on(world.rules, shuffled);
      for (std::size_t i = 0; i < shuffled.size(); ++i)
        BOOST_TEST_REQUIRE((by_name.at(shuffled[i].name.to_string()) == again[i]),
                           shuffled[i].name.to_string());
    });
}

BOOST_AUTO_TEST_CASE(after_a_removal_nothing_more_goes_at_the_same_moment) {
  std::size_t removed = 0;
  for_many_worlds([&](const sample_world& world, const verdict_list& verdicts, random_source&) {
    tag_list left;
    verdict_list before;
    for (std::size_t i = 0; i < world.tags.size(); ++i)
      if (!verdicts[i].is_doomed) {
        left.push_back(world.tags[i]);
        before.push_back(verdicts[i]);
      }
    removed += world.tags.size() - left.size();
    // Tags stay for the same reasons, too.
    const auto again = verdicts_on(world.rules, left);
    for (std::size_t i = 0; i < left.size(); ++i) {
      BOOST_TEST_REQUIRE(!again[i].is_doomed, left[i].name.to_string());
      for (int why = 0; why <= static_cast<int>(retention::last_reason); ++why)
        if (before[i].because.has(static_cast<reason>(why)))
          BOOST_TEST_REQUIRE(again[i].because.has(static_cast<reason>(why)));
    }
  });
  BOOST_TEST(removed > worlds); // the worlds are not too kind
}

BOOST_AUTO_TEST_CASE(what_is_protected_never_goes) {
  for_many_worlds([](const sample_world& world, const verdict_list& verdicts, random_source&) {
    for (std::size_t i = 0; i < world.tags.size(); ++i) {
      const auto& each = world.tags[i];
      if (!verdicts[i].is_doomed || verdicts[i].follows_subject)
        continue;
      const auto& by = world.rules.at(verdicts[i].rule.value());
      BOOST_TEST_INFO(each.name.to_string());
      BOOST_TEST_REQUIRE(!match_any(by.except, each.name.to_string()));
      BOOST_TEST_REQUIRE(!match_any(by.keep.matching, each.name.to_string()));
      const auto within = by.keep.pulled_within;
      BOOST_TEST_REQUIRE(
        (!each.pulled || within.count() == 0 || retention_now - *each.pulled > within));
    }
  });
}

BOOST_AUTO_TEST_CASE(as_many_as_were_asked_for_remain) {
  for_many_worlds([](const sample_world& world, const verdict_list& verdicts, random_source&) {
    std::map<std::size_t, std::pair<std::size_t, std::size_t>> all_and_kept;
    for (const auto& each : verdicts)
      if (each.rule && !each.follows_subject && !each.because.has(reason::excepted)) {
        auto& [all, kept] = all_and_kept[*each.rule];
        ++all;
        kept += each.is_doomed ? 0 : 1;
      }
    for (const auto& [number, counts] : all_and_kept) {
      const auto& keep = world.rules[number].keep;
      const auto wanted = std::max(keep.last_pushed, keep.last_pulled);
      BOOST_TEST_REQUIRE(counts.second >= std::min(wanted, counts.first));
    }
  });
}

BOOST_AUTO_TEST_CASE(a_follower_goes_exactly_if_its_subject_loses_all_its_tags) {
  std::size_t gone = 0;
  for_many_worlds([&](const sample_world& world, const verdict_list& verdicts, random_source&) {
    for (std::size_t i = 0; i < world.tags.size(); ++i) {
      const auto subject = retention::subject_of(world.tags[i].name.to_string());
      if (!subject)
        continue;
      std::size_t all = 0;
      std::size_t doomed = 0;
      for (std::size_t other = 0; other < world.tags.size(); ++other)
        if (retention::subject_name(world.tags[other].target) == *subject) {
          ++all;
          doomed += verdicts[other].is_doomed ? 1 : 0;
        }
      BOOST_TEST_INFO(world.tags[i].name.to_string());
      BOOST_TEST_REQUIRE(verdicts[i].is_doomed == (all > 0 && all == doomed));
      gone += verdicts[i].is_doomed ? 1 : 0;
    }
  });
  BOOST_TEST(gone > worlds / 10);
}

BOOST_AUTO_TEST_SUITE_END()
