// Changes as texts, rendered once for all watchers.
#include "watch/batch.hpp"

#include "watch/samples.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using watch::view;

namespace {

const watch::event_ids plain_ids;

const auto any = [](const std::string&, const std::string&) { return true; };
const auto none = [](const std::string&, const std::string&) { return false; };

auto in(std::string_view repository) {
  return [repository](const std::string& each, const std::string&) { return each == repository; };
}

/// The numbers in the ids of the events.
std::vector<int> numbers_in(std::string_view text) {
  std::vector<int> found;
  for (auto at = text.find("id: "); at != std::string_view::npos; at = text.find("id: ", at + 1))
    found.push_back(std::stoi(std::string{text.substr(at + 4)}));
  return found;
}

/// Reads all of a batch in runs.
template <class Match>
std::vector<std::vector<int>> runs_of(const watch::batch& from, std::uint64_t position,
                                      Match match) {
  std::vector<std::vector<int>> runs;
  while (position < from.last()) {
    const auto found = from.find(position, view::without_users, match);
    if (!found.text.empty())
      runs.push_back(numbers_in(found.text));
    position = found.position;
  }
  return runs;
}

using groups = std::vector<std::vector<int>>;

} // namespace

BOOST_AUTO_TEST_SUITE(batch)

BOOST_AUTO_TEST_CASE(an_event_says_what_changed) {
  auto moved = change(12, "team/app", "latest", "alice");
  moved.entry.kind = change_kind::move;
  moved.entry.before = digest::of("before");
  const watch::batch made{11, 12, {moved}, plain_ids};
  const auto text = made.find(11, view::with_users, any).text;
  const std::string_view top = "id: 12\nevent: move\ndata: ";
  BOOST_REQUIRE(text.starts_with(top));
  BOOST_REQUIRE(text.ends_with("}\n\n"));
  const auto data = boost::json::parse(std::string{text.substr(top.size())}).as_object();
  BOOST_TEST(data.at("sequence").as_int64() == 12);
  BOOST_TEST(data.at("kind").as_string() == "move");
  BOOST_TEST(data.at("time").as_string() == "2023-11-14T22:13:20.000000Z");
  BOOST_TEST(data.at("repository").as_string() == "team/app");
  BOOST_TEST(data.at("tag").as_string() == "latest");
  BOOST_TEST(data.at("before").as_string() == digest::of("before").to_string());
  BOOST_TEST(data.at("after").as_string() == digest::of("content").to_string());
  BOOST_TEST(data.at("size").as_int64() == 7);
  BOOST_TEST(data.at("mediaType").as_string() == "text/plain");
  BOOST_TEST(data.at("user").as_string() == "alice");
  BOOST_TEST(data.size() == 10U); // neither the token nor the address
}

BOOST_AUTO_TEST_CASE(a_manifest_alone_has_no_tag) {
  const watch::batch made{0, 1, {change(1, "a", "")}, plain_ids};
  const auto text = made.find(0, view::without_users, any).text;
  BOOST_TEST(text.find(R"("tag":null,"before":null,"after":"sha256:)") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(users_are_for_those_who_may_see_them) {
  const watch::batch made{0, 2, {change(1, "a", "1"), change(2, "a", "2", "alice")}, plain_ids};
  const auto shown = made.find(0, view::with_users, any);
  const auto hidden = made.find(0, view::without_users, any);
  BOOST_TEST(shown.text.find("alice") != std::string_view::npos);
  BOOST_TEST(hidden.text.find("alice") == std::string_view::npos);
  BOOST_TEST(hidden.text.find("user") == std::string_view::npos);
  BOOST_TEST(numbers_in(shown.text) == (std::vector{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(numbers_in(hidden.text) == (std::vector{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_users_there_is_one_text_for_both) {
  const watch::batch made{0, 1, {change(1, "a", "1")}, plain_ids};
  BOOST_TEST(made.find(0, view::with_users, any).text.data() ==
             made.find(0, view::without_users, any).text.data());
  BOOST_TEST(made.bytes() == made.find(0, view::with_users, any).text.size());
}

BOOST_AUTO_TEST_CASE(all_events_that_match_are_one_run) {
  const watch::batch made{
    0,
    4,
    {change(1, "a", "1"), change(2, "a", "2"), change(3, "b", "1"), change(4, "a", "3")},
    plain_ids};
  BOOST_TEST((runs_of(made, 0, any) == groups{{1, 2, 3, 4}}));
  BOOST_TEST((runs_of(made, 2, any) == groups{{3, 4}}));
  BOOST_TEST((runs_of(made, 0, in("a")) == groups{{1, 2}, {4}}));
  BOOST_TEST((runs_of(made, 0, in("b")) == groups{{3}}));
  BOOST_TEST((runs_of(made, 1, in("a")) == groups{{2}, {4}}));
  BOOST_TEST(runs_of(made, 0, none).empty());
  const auto whole = made.find(0, view::without_users, any);
  BOOST_TEST(whole.events == 4U);
  BOOST_TEST(whole.position == 4U);
}

BOOST_AUTO_TEST_CASE(ids_carry_the_mark_of_the_log) {
  const watch::batch made{0, 1, {change(1, "a", "1")}, watch::event_ids{"beef"}};
  BOOST_TEST(made.find(0, view::without_users, any).text.starts_with("id: 1-beef\n"));
}

BOOST_AUTO_TEST_CASE(a_reset_is_for_all) {
  const auto made = watch::batch::make_reset(3, 9, plain_ids);
  const auto found = made.find(3, view::without_users, none);
  BOOST_TEST(found.text == "id: 9\nevent: reset\ndata: {}\n\n");
  BOOST_TEST(found.position == 9U);
  BOOST_TEST(found.events == 1U);
  // The number that the client named was never given.
  BOOST_TEST(
    !watch::batch::make_reset(12, 9, plain_ids).find(12, view::with_users, none).text.empty());
}

BOOST_AUTO_TEST_SUITE_END()
