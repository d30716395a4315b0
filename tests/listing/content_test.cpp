// What the rows of repositories and tags add up to.
#include "listing/content.hpp"
#include "listing/samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using listing::manifest_facts;

BOOST_AUTO_TEST_SUITE(content)

namespace {

constexpr time_point start{std::chrono::hours{24 * 365 * 50}};

descriptor blob(std::string_view text, std::uint64_t size) {
  return {"application/octet-stream", digest::of(text), size};
}

manifest_facts image_of(std::string_view text, std::vector<descriptor> blobs,
                        std::string platform = "") {
  return {.id = digest::of(text),
          .media_type = "image",
          .bytes = 1,
          .blobs = std::move(blobs),
          .platform = std::move(platform)};
}

manifest_facts index_of(std::string_view text, std::vector<listing::child> children) {
  return {
    .id = digest::of(text), .media_type = "index", .bytes = 1, .children = std::move(children)};
}

manifest_facts referrer_to(std::string_view subject, std::string_view text,
                           std::string_view artifact_type) {
  return {.id = digest::of(text),
          .media_type = "image",
          .artifact_type = std::string{artifact_type},
          .bytes = 1,
          .subject = digest::of(subject)};
}

struct written {
  listing::database rows{""};
  repository_name app = name("app");
  repository_name other = name("other");

  listing::content in(const repository_name& where) { return {rows.rows(), where}; }
  void tag_as(std::string_view text, std::string_view target, time_point when = start) {
    in(app).set_tag({.name = label(text), .target = digest::of(target), .since = when},
                    {"unknown", 7});
  }
  listing::repository_record repository(std::size_t number = 0) {
    return repositories_in(rows).at(number);
  }
  listing::tag_record only_tag() { return tags_in(rows, "app").at(0); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(bytes_are_own_or_shared, written) {
  in(app).add_manifest(image_of("a", {blob("base", 100), blob("layer", 10)}));
  BOOST_TEST(repository().own_bytes == 111U);
  in(other).add_manifest(image_of("b", {blob("base", 100)}));
  BOOST_TEST(repository(0).own_bytes == 11U);
  BOOST_TEST(repository(0).shared_bytes == 100U);
  BOOST_TEST(repository(1).own_bytes == 1U);
  BOOST_TEST(repository(1).shared_bytes == 100U);
  const auto third = name("third");
  in(third).add_manifest(image_of("c", {blob("base", 100)}));
  in(other).remove_manifest(digest::of(std::string_view{"b"}));
  BOOST_TEST(repository(0).shared_bytes == 100U);
  in(third).remove_manifest(digest::of(std::string_view{"c"}));
  BOOST_TEST(repository(0).own_bytes == 111U);
  BOOST_TEST(repository(0).shared_bytes == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_blob_counts_once_in_a_repository, written) {
  in(app).add_manifest(image_of("a", {blob("base", 100)}));
  in(app).add_manifest(image_of("b", {blob("base", 100)}));
  BOOST_TEST(repository().own_bytes == 102U);
  in(app).remove_manifest(digest::of(std::string_view{"a"}));
  BOOST_TEST(repository().own_bytes == 101U);
}

BOOST_FIXTURE_TEST_CASE(a_manifest_counts_once, written) {
  in(app).add_manifest(image_of("a", {blob("base", 100)}));
  in(app).add_manifest(image_of("a", {blob("base", 100)}));
  BOOST_TEST(repository().manifests == 1U);
  BOOST_TEST(repository().own_bytes == 101U);
}

BOOST_FIXTURE_TEST_CASE(an_index_has_what_its_children_have, written) {
  tag_as("latest", "index");
  BOOST_TEST(only_tag().size == 7U);
  BOOST_TEST(only_tag().media_type == "unknown");
  in(app).add_manifest(
    index_of("index", {{digest::of(std::string_view{"amd"})},
                       {digest::of(std::string_view{"arm"}), "linux/arm64/v8"}}));
  BOOST_TEST(only_tag().media_type == "index");
  BOOST_TEST(only_tag().size == 1U);
  in(app).add_manifest(image_of("amd", {blob("layer", 10)}, "linux/amd64"));
  in(app).add_manifest(image_of("arm", {blob("other", 20)}, "linux/arm64"));
  BOOST_TEST(only_tag().size == 33U);
  BOOST_TEST(only_tag().platforms == (std::vector<std::string>{"linux/amd64", "linux/arm64/v8"}),
             boost::test_tools::per_element());
  in(app).remove_manifest(digest::of(std::string_view{"amd"}));
  BOOST_TEST(only_tag().size == 22U);
  BOOST_TEST(only_tag().platforms == (std::vector<std::string>{"linux/arm64/v8"}),
             boost::test_tools::per_element());
}

// What stands below would have to be looked for on every path.
BOOST_FIXTURE_TEST_CASE(an_index_of_indexes_counts_only_those, written) {
  in(app).add_manifest(index_of("outer", {{digest::of(std::string_view{"inner"})}}));
  in(app).add_manifest(index_of("inner", {{digest::of(std::string_view{"image"})}}));
  tag_as("latest", "outer");
  in(app).add_manifest(image_of("image", {blob("layer", 10)}, "linux/amd64"));
  BOOST_TEST(only_tag().size == 2U);
  BOOST_TEST(only_tag().platforms.empty());
}

BOOST_FIXTURE_TEST_CASE(indexes_that_name_each_other_many_times_take_no_time, written) {
  const auto of_level = [](int level, char side) { return std::to_string(level) + side; };
  for (int level = 60; level > 0; --level)
    for (const char side : {'a', 'b'})
      in(app).add_manifest(
        index_of(of_level(level, side),
                 {{digest::of(of_level(level - 1, 'a'))}, {digest::of(of_level(level - 1, 'b'))}}));
  in(app).add_manifest(image_of("0a", {blob("layer", 10)}, "linux/amd64"));
  const auto before = rows.rows().steps();
  in(app).remove_manifest(digest::of(std::string_view{"0a"}));
  BOOST_TEST(rows.rows().steps() - before < 5000U);
}

BOOST_FIXTURE_TEST_CASE(claimed_sizes_do_not_overflow, written) {
  constexpr auto most = listing::max_blob_size;
  for (int each = 0; each < 40; ++each) {
    std::vector<descriptor> blobs;
    for (int layer = 0; layer < 1000; ++layer)
      blobs.push_back(blob(std::to_string(each) + "/" + std::to_string(layer), most));
    in(app).add_manifest(image_of(std::to_string(each), std::move(blobs)));
  }
  BOOST_TEST(repository().own_bytes == 40'000 * most + 40);
  for (int each = 0; each < 40; ++each)
    in(app).remove_manifest(digest::of(std::to_string(each)));
  BOOST_TEST(repositories_in(rows).empty());
}

BOOST_FIXTURE_TEST_CASE(referrers_count_before_and_after_the_tag, written) {
  in(app).add_manifest(referrer_to("image", "sbom", "application/spdx+json"));
  tag_as("v1", "image");
  in(app).add_manifest(referrer_to("image", "sbom2", "application/spdx+json"));
  in(app).add_manifest(referrer_to("image", "note", "application/note"));
  const listing::referrer_counts all{{"application/note", 1}, {"application/spdx+json", 2}};
  BOOST_TEST((only_tag().referrers == all));
  in(app).remove_manifest(digest::of(std::string_view{"note"}));
  in(app).remove_manifest(digest::of(std::string_view{"sbom"}));
  const listing::referrer_counts left{{"application/spdx+json", 1}};
  BOOST_TEST((only_tag().referrers == left));
}

BOOST_FIXTURE_TEST_CASE(signatures_that_are_tags_count, written) {
  tag_as("v1", "image");
  const auto signature = "sha256-" + digest::of(std::string_view{"image"}).hex() + ".sig";
  tag_as(signature, "signature");
  tag_as(signature, "another signature");
  const listing::referrer_counts one{{"application/vnd.dev.cosign.artifact.sig.v1+json", 1}};
  BOOST_TEST((tags_in(rows, "app").back().referrers == one));
  in(app).remove_tag(label(signature));
  BOOST_TEST(only_tag().referrers.empty());
}

BOOST_FIXTURE_TEST_CASE(a_repository_was_pushed_when_its_newest_tag_was, written) {
  tag_as("v1", "one", start);
  tag_as("v2", "two", start + 2h);
  tag_as("v1", "one again", start + 1h);
  BOOST_TEST((repository().pushed == start + 2h));
  in(app).remove_tag(label("v2"));
  BOOST_TEST((repository().pushed == start + 1h));
}

BOOST_FIXTURE_TEST_CASE(an_empty_repository_is_not_listed, written) {
  in(app).add_manifest(image_of("a", {}));
  tag_as("v1", "a");
  in(app).remove_manifest(digest::of(std::string_view{"a"}));
  BOOST_TEST(repository().tags == 1U);
  in(app).remove_tag(label("v1"));
  BOOST_TEST(repositories_in(rows).empty());
  in(app).remove_tag(label("v1"));
  in(app).remove_manifest(digest::of(std::string_view{"a"}));
  BOOST_TEST(repositories_in(rows).empty());
}

BOOST_AUTO_TEST_SUITE_END()
