// Which steps take changes back.
#include "domain/undo.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace gantry;
using texts = std::vector<std::string>;

namespace {

/// A repository as an undo sees it.
struct scene {
  std::map<std::string, digest> tags;
  std::map<digest, manifest_place> places;
  std::map<digest, std::vector<digest>> children;

  static digest id(char name) { return digest::of(std::string(1, name)); }

  scene& here(char name) { return place(name, manifest_place::here); }
  scene& kept(char name) { return place(name, manifest_place::kept); }
  scene& place(char name, manifest_place where) {
    places.insert_or_assign(id(name), where);
    return *this;
  }
  scene& points(const std::string& name, char target) {
    tags.insert_or_assign(name, id(target));
    return *this;
  }

  undo_view view() const {
    return {.target_of =
              [this](const tag& name) {
                const auto found = tags.find(name.to_string());
                return found == tags.end() ? std::nullopt : std::optional{found->second};
              },
            .place_of =
              [this](const digest& wanted) {
                const auto found = places.find(wanted);
                return found == places.end() ? manifest_place::gone : found->second;
              },
            .children_of =
              [this](const digest& wanted) {
                const auto found = children.find(wanted);
                return found == children.end() ? std::vector<digest>{} : found->second;
              },
            .tags_of =
              [this](const digest& wanted) {
                std::vector<tag> names;
                for (const auto& [name, target] : tags)
                  if (target == wanted)
                    names.push_back(tag::parse(name).value());
                return names;
              }};
  }

  /// `move latest b>a`, in order; or the detail of the refusal.
  texts plan(const std::vector<history_entry>& entries) const {
    const auto steps = plan_undo(entries, view());
    if (!steps)
      return {std::string{to_string(steps.error().code)}, steps.error().detail};
    texts lines;
    for (const auto& each : *steps)
      lines.push_back(std::string{to_string(each.kind)} + ' ' +
                      (each.name ? each.name->to_string() + ' ' : "") + name_of(each.before) + '>' +
                      name_of(each.after));
    return lines;
  }

  static std::string name_of(const std::optional<digest>& wanted) {
    for (char name = 'a'; wanted && name <= 'z'; ++name)
      if (id(name) == *wanted)
        return std::string(1, name);
    return "-";
  }
};

/// `-` for none.
std::optional<digest> maybe(char name) {
  return name == '-' ? std::nullopt : std::optional{scene::id(name)};
}

history_entry of_tag(const std::string& name, char before, char after) {
  return {.name = tag::parse(name).value(), .before = maybe(before), .after = maybe(after)};
}

history_entry of_manifest(char before, char after) {
  return {.before = maybe(before), .after = maybe(after)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(undo)

BOOST_AUTO_TEST_CASE(manifests_return_first_and_go_last) {
  const auto plan = scene{}.kept('a').here('b').points("x", 'b').plan(
    {of_manifest('-', 'b'), of_tag("x", 'a', 'b')});
  BOOST_TEST(plan == (texts{"undelete ->a", "move x b>a", "delete b>-"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_kept_child_returns_once) {
  scene seen;
  seen.kept('a').kept('b').kept('c').here('d');
  seen.children = {{scene::id('a'), {scene::id('b'), scene::id('c'), scene::id('d')}},
                   {scene::id('b'), {scene::id('c'), scene::id('z')}}};
  auto plan = seen.plan({of_manifest('a', '-'), of_manifest('b', '-')});
  std::ranges::sort(plan);
  BOOST_TEST(plan == (texts{"undelete ->a", "undelete ->b", "undelete ->c"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_done_already_needs_no_step) {
  BOOST_TEST(scene{}.here('a').plan({of_manifest('a', '-')}).empty());
  BOOST_TEST(scene{}.here('a').points("x", 'a').plan({of_tag("x", 'a', 'a')}).empty());
}

BOOST_AUTO_TEST_CASE(refusals_say_why) {
  const auto detail = [](const scene& seen, const history_entry& entry) {
    const auto told = seen.plan({entry});
    BOOST_REQUIRE(told.size() == 2U);
    BOOST_TEST(told.front() == "undo_refused");
    return told.back();
  };
  const auto b = scene::id('b').to_string();
  BOOST_TEST(detail(scene{}.here('a').points("x", 'a'), of_tag("x", 'a', 'b')) ==
             "the tag x has changed since");
  BOOST_TEST(detail(scene{}.points("x", 'a'), of_tag("x", 'b', 'a')) ==
             "the manifest " + b + " is gone");
  BOOST_TEST(detail(scene{}, of_manifest('-', 'b')) == "the manifest " + b + " was deleted since");
  BOOST_TEST(detail(scene{}.here('b').points("y", 'b'), of_manifest('-', 'b')) ==
             "the tag y points to " + b + " since");
}

BOOST_AUTO_TEST_CASE(a_time_before_the_history_is_refused) {
  const undo_since wanted{tag::parse("x").value(), {}};
  const auto seen = scene{}.here('a').points("x", 'a');
  const auto refused = to_entry(wanted, std::nullopt, seen.view());
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::undo_refused));
  const auto entry = to_entry(wanted, of_tag("x", '-', 'b'), seen.view()).value();
  BOOST_TEST(scene::name_of(entry.before) == "b");
  BOOST_TEST(scene::name_of(entry.after) == "a");
}

BOOST_AUTO_TEST_SUITE_END()
