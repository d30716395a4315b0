// Pulls of tags, manifests and repositories.
#include "listing/content.hpp"
#include "listing/pull_rows.hpp"
#include "listing/samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(pull_rows)

namespace {

constexpr time_point noon{std::chrono::hours{24 * 365 * 50 + 12}};
const digest one = digest::of(std::string_view{"one"});
const digest two = digest::of(std::string_view{"two"});

struct pulled_index {
  pulled_index() { set("v1", one); }

  void set(std::string_view text, const digest& target, std::string_view where = "app") {
    const auto in = name(where);
    listing::content into{rows.rows(), in};
    into.add_manifest({.id = target, .bytes = 1});
    into.set_tag({.name = label(text), .target = target, .since = noon}, {});
  }
  void pull(std::string_view reference, std::uint64_t count = 1, time_point when = noon,
            std::string_view where = "app") {
    listing::add_pulls(rows.rows(), {{std::string{where}, std::string{reference}, count, when}});
  }
  std::string of_tag(std::size_t number = 0, std::string_view where = "app") {
    return words(tags_in(rows, where).at(number).pulls);
  }
  std::string of_repository() { return words(repositories_in(rows).at(0).pulls); }
  static std::string times(std::uint64_t count, time_point last) {
    return words(listing::pull_summary{count, last});
  }

  listing::database rows{""};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_tag_counts_its_pulls_and_those_of_its_digest, pulled_index) {
  set("v2", one);
  pull("v1", 2);
  pull(one.to_string(), 3, noon + 1h);
  BOOST_TEST(of_tag(0) == times(5, noon + 1h));
  BOOST_TEST(of_tag(1) == times(3, noon + 1h));
  BOOST_TEST(of_repository() == times(5, noon + 1h));
}

BOOST_FIXTURE_TEST_CASE(a_tag_that_moves_has_the_pulls_of_its_new_digest, pulled_index) {
  pull("v1", 2);
  pull(one.to_string(), 3);
  pull(two.to_string(), 10);
  set("v1", two);
  BOOST_TEST(of_tag() == times(12, noon));
}

BOOST_FIXTURE_TEST_CASE(pulls_are_there_when_the_content_comes, pulled_index) {
  pull("v1", 2);
  pull("gone", 4, noon - 1h);
  rows.forget_content();
  set("v1", one);
  BOOST_TEST(of_tag() == times(2, noon));
  BOOST_TEST(of_repository() == times(6, noon));
}

BOOST_FIXTURE_TEST_CASE(pulls_go_with_a_repository_that_is_renamed, pulled_index) {
  pull("v1", 2);
  pull("v1", 7, noon, "moved");
  listing::rename_pulls(rows.rows(), name("app"), name("moved"));
  rows.forget_content();
  set("v1", one, "moved");
  BOOST_TEST(of_tag(0, "moved") == times(2, noon));
}

BOOST_FIXTURE_TEST_CASE(a_new_name_that_is_known_already_shows_its_pulls, pulled_index) {
  set("v1", one, "moved");
  pull("v1", 2);
  pull(one.to_string(), 3);
  listing::rename_pulls(rows.rows(), name("app"), name("moved"));
  BOOST_TEST(of_tag(0, "moved") == times(5, noon));
  BOOST_TEST(words(repositories_in(rows).at(1).pulls) == times(5, noon));
}

BOOST_FIXTURE_TEST_CASE(pulls_can_be_forgotten, pulled_index) {
  for (const auto* where : {"app", "app/web", "apple"})
    pull("v1", 1, noon, where);
  listing::forget_pulls(rows.rows(), name("app"));
  BOOST_TEST(rows.rows().number("SELECT COUNT(*) FROM pulls", 0) == 1);
  listing::forget_pulls(rows.rows(), std::nullopt);
  BOOST_TEST(rows.rows().number("SELECT COUNT(*) FROM pulls", 0) == 0);
}

BOOST_FIXTURE_TEST_CASE(forgotten_pulls_are_not_shown, pulled_index) {
  set("v1", one, "other");
  pull("v1", 5);
  pull("v1", 5, noon, "other");
  listing::forget_pulls(rows.rows(), name("app"));
  BOOST_TEST(of_tag() == words(listing::pull_summary{}));
  BOOST_TEST(of_repository() == words(listing::pull_summary{}));
  BOOST_TEST(of_tag(0, "other") == times(5, noon));
}

BOOST_FIXTURE_TEST_CASE(old_pulls_of_what_is_gone_add_up, pulled_index) {
  pull("v1", 1);
  pull(one.to_string(), 2);
  pull("old", 4);
  pull(two.to_string(), 8);
  pull("young", 16, noon + 1h);
  const auto rows_now = [&] { return rows.rows().number("SELECT COUNT(*) FROM pulls", 0); };
  listing::fold_pulls(rows.rows(), noon + listing::forget_pulls_after);
  BOOST_TEST(rows_now() == 5);
  listing::fold_pulls(rows.rows(), noon + listing::forget_pulls_after + 1min);
  BOOST_TEST(rows_now() == 4);
  BOOST_TEST(rows.rows().number("SELECT pulls FROM pulls WHERE reference = x''", 0) == 12);
  listing::fold_pulls(rows.rows(), noon + listing::forget_pulls_after + 2h);
  BOOST_TEST(rows.rows().number("SELECT pulls FROM pulls WHERE reference = x''", 0) == 28);
  rows.forget_content();
  set("v1", one);
  BOOST_TEST(of_repository() == times(31, noon + 1h));
}

BOOST_AUTO_TEST_SUITE_END()
