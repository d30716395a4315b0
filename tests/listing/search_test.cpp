// Manifests by what they say.
#include "listing/content.hpp"
#include "listing/samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::test;
using listing::fact_kind;
using listing::search_query;
using found_list = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(search)

namespace {

struct searched_index {
  searched_index() {
    add("app", "one", {{fact_kind::annotation, "version", "1"}, {fact_kind::label, "team", "web"}},
        "v1");
    add("app", "two", {{fact_kind::annotation, "version", "2"}, {fact_kind::label, "team", "web"}},
        "v2");
    add("other", "three",
        {{fact_kind::annotation, "version", "1"}, {fact_kind::label, "version", "1"}}, "v1",
        "application/sbom");
  }

  void add(std::string_view where, std::string_view text, std::vector<listing::fact> facts,
           std::string_view tagged, std::string artifact_type = "") {
    const auto in = name(where);
    listing::content into{rows.rows(), in};
    into.add_manifest({.id = digest::of(text),
                       .media_type = "image",
                       .artifact_type = std::move(artifact_type),
                       .bytes = 1,
                       .blobs = {{"layer", digest::of(std::string_view{"base"}), 10}},
                       .facts = std::move(facts)});
    into.set_tag({.name = label(tagged), .target = digest::of(text)}, {});
  }

  /// As `app:v1`.
  found_list find(const search_query& query) {
    found_list texts;
    for (const auto& each : listing::search(rows.rows(), query).value().items)
      texts.push_back(each.repository.to_string() + ":" + each.tags.at(0));
    return texts;
  }

  listing::database rows{""};
};

const found_list all{"app:v1", "app:v2", "other:v1"};

} // namespace

BOOST_FIXTURE_TEST_CASE(annotations_and_labels_are_two_kinds, searched_index) {
  BOOST_TEST(find({.annotations = {{"version", "1"}}}) == (found_list{"app:v1", "other:v1"}),
             boost::test_tools::per_element());
  BOOST_TEST(find({.labels = {{"version", "1"}}}) == (found_list{"other:v1"}),
             boost::test_tools::per_element());
  BOOST_TEST(find({.labels = {{"version", "2"}}}).empty());
}

BOOST_FIXTURE_TEST_CASE(a_key_alone_finds_all_values, searched_index) {
  BOOST_TEST(find({.annotations = {{"version"}}}) == all, boost::test_tools::per_element());
  BOOST_TEST(find({.labels = {{"team"}}}) == (found_list{"app:v1", "app:v2"}),
             boost::test_tools::per_element());
  BOOST_TEST(find({.labels = {{"tea"}}}).empty());
}

BOOST_FIXTURE_TEST_CASE(all_conditions_must_hold, searched_index) {
  BOOST_TEST(find({.annotations = {{"version", "1"}}, .labels = {{"team", "web"}}}) ==
               (found_list{"app:v1"}),
             boost::test_tools::per_element());
  BOOST_TEST(find({.annotations = {{"version", "1"}, {"version", "2"}}}).empty());
  BOOST_TEST(find({.annotations = {{"version"}}, .artifact_type = "application/sbom"}) ==
               (found_list{"other:v1"}),
             boost::test_tools::per_element());
  BOOST_TEST(
    find({.annotations = {{"version", "2"}}, .artifact_type = "application/sbom"}).empty());
}

BOOST_FIXTURE_TEST_CASE(a_digest_finds_a_manifest_and_what_names_a_blob, searched_index) {
  BOOST_TEST(find({.target = digest::of(std::string_view{"two"})}) == (found_list{"app:v2"}),
             boost::test_tools::per_element());
  BOOST_TEST(find({.target = digest::of(std::string_view{"base"})}) == all,
             boost::test_tools::per_element());
  BOOST_TEST(find({.labels = {{"team"}}, .target = digest::of(std::string_view{"two"})}) ==
               (found_list{"app:v2"}),
             boost::test_tools::per_element());
  BOOST_TEST(find({.target = absent_digest()}).empty());
}

BOOST_FIXTURE_TEST_CASE(an_artifact_type_finds_its_manifests, searched_index) {
  BOOST_TEST(find({.artifact_type = "application/sbom"}) == (found_list{"other:v1"}),
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(pages_continue_where_the_last_one_ended, searched_index) {
  for (const std::size_t limit : {1, 2, 3, 4}) {
    search_query query{.target = digest::of(std::string_view{"base"}), .limit = limit};
    found_list seen;
    do {
      const auto some = find(query);
      BOOST_TEST(some.size() <= limit);
      seen.insert(seen.end(), some.begin(), some.end());
      query.last = listing::search(rows.rows(), query).value().next;
    } while (!query.last.empty());
    BOOST_TEST(seen == all, boost::test_tools::per_element());
  }
}

BOOST_FIXTURE_TEST_CASE(hidden_repositories_are_not_searched, searched_index) {
  const auto is_other = [](const repository_name& one) { return one == name("other"); };
  BOOST_TEST(find({.annotations = {{"version"}}, .shows = is_other}) == (found_list{"other:v1"}),
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_is_removed_is_not_found, searched_index) {
  const auto in = name("other");
  listing::content{rows.rows(), in}.remove_manifest(digest::of(std::string_view{"three"}));
  BOOST_TEST(find({.annotations = {{"version", "1"}}}) == (found_list{"app:v1"}),
             boost::test_tools::per_element());
  BOOST_TEST(find({.artifact_type = "application/sbom"}).empty());
  BOOST_TEST(find({.target = digest::of(std::string_view{"base"})}).size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_last_that_is_no_number_is_refused, searched_index) {
  for (const auto* last : {"x", "-1", "1 2", "18446744073709551615"})
    BOOST_TEST((code_of(listing::search(rows.rows(), {.artifact_type = "x", .last = last})) ==
                errc::pagination_invalid));
}

BOOST_FIXTURE_TEST_CASE(a_page_costs_the_same_if_much_is_found, searched_index) {
  rows.in_transaction([&] {
    for (int each = 0; each < 5000; ++each)
      add("app", "image " + std::to_string(each),
          {{fact_kind::annotation, "many", "same"}, {fact_kind::label, "many", "same"}}, "latest");
  });
  const auto steps = [&](search_query query) {
    query.limit = 10;
    const auto before = rows.rows().steps();
    listing::search(rows.rows(), query).value();
    return rows.rows().steps() - before;
  };
  constexpr std::uint64_t few = 10'000;
  BOOST_TEST(steps({.annotations = {{"many", "same"}}}) < few);
  BOOST_TEST(steps({.annotations = {{"many"}}}) < few);
  BOOST_TEST(steps({.labels = {{"many", "same"}}}) < few);
  BOOST_TEST(steps({.target = digest::of(std::string_view{"base"})}) < few);
}

BOOST_AUTO_TEST_SUITE_END()
