// The file that describes content: what it can say, and what its mistakes are told.
#include "synthesis/description.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(description)

using namespace gantry::synthesis;
using texts = std::vector<std::string>;

namespace {

/// The only repository of a file with these keys.
repository_content content_of(const std::string& keys) {
  auto read = read_description("repositories:\n  a:\n" + keys);
  BOOST_REQUIRE(read.repositories.size() == 1U);
  return read.repositories.front().content;
}

/// `a,b|c`: an image with two tags, and one with one.
std::string images_of(const repository_content& content) {
  std::string all;
  for (const auto& tags : content.images) {
    all += all.empty() ? "" : "|";
    for (const auto& name : tags)
      all += (&name == &tags.front() ? "" : ",") + name.to_string();
  }
  return all;
}

std::string refusal_of(std::string_view file) {
  try {
    static_cast<void>(read_description(file));
    return "accepted";
  } catch (const std::invalid_argument& why) {
    return why.what();
  }
}

/// Of the keys below the repository `a`: their first line is line 3.
std::string refusal_below(const std::string& keys) {
  return refusal_of("repositories:\n  a:\n" + keys);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_repository_without_keys_has_one_small_image) {
  const auto content = content_of("");
  BOOST_TEST(images_of(content) == "latest");
  BOOST_TEST(content.layers == std::vector<std::uint64_t>{1024}, boost::test_tools::per_element());
  BOOST_REQUIRE(content.platforms.size() == 1U);
  BOOST_TEST(content.platforms.front().to_string() == "linux/amd64");
  BOOST_TEST(!content.signature_referrers);
  BOOST_TEST(!content.signature_tags);
  BOOST_TEST(!content.sboms);
  BOOST_TEST(content.flaws.empty());
}

BOOST_AUTO_TEST_CASE(tags_are_names_ranges_and_lists_of_one_image) {
  BOOST_TEST(images_of(content_of("    tags: [a..c, \"1.0\", 2.10]")) == "a|b|c|1.0|2.10");
  BOOST_TEST(images_of(content_of("    tags: [[\"1.0\", latest], old]")) == "1.0,latest|old");
  BOOST_TEST(images_of(content_of("    tags: 1..3")) == "1|2|3");
  BOOST_TEST(images_of(content_of("    tags: []\n    broken: missing_blob")).empty());
}

BOOST_AUTO_TEST_CASE(layers_are_a_number_or_a_list_of_sizes) {
  const auto sizes = [](const std::string& keys) { return content_of(keys).layers; };
  using numbers = std::vector<std::uint64_t>;
  BOOST_TEST((sizes("    layers: 3\n    layer_size: 1MB") == numbers(3, 1U << 20)));
  BOOST_TEST((sizes("    layers: [1MB, 10, 4GiB]") == numbers{1U << 20, 10, max_layer_size}));
  BOOST_TEST((sizes("    layers: 0").empty()));
  BOOST_TEST((sizes("    layers: []").empty()));
}

BOOST_AUTO_TEST_CASE(everything_else_has_a_key) {
  const auto content = content_of("    platforms: [linux/amd64, linux/arm/v7]\n"
                                  "    signatures: tag\n    sbom: true\n"
                                  "    broken: [wrong_size, cyclic_index]\n");
  BOOST_REQUIRE(content.platforms.size() == 2U);
  BOOST_TEST(content.platforms[1].to_string() == "linux/arm/v7");
  BOOST_TEST(content.signature_tags);
  BOOST_TEST(!content.signature_referrers);
  BOOST_TEST(content.sboms);
  BOOST_TEST((content.flaws == std::vector{flaw::wrong_size, flaw::cyclic_index}));
  const auto both = content_of("    signatures: true");
  BOOST_TEST((both.signature_tags && both.signature_referrers));
  BOOST_TEST(read_description("seed: 7\nrepositories: {a: }").seed == 7U);
}

BOOST_AUTO_TEST_CASE(names_of_repositories_may_be_ranges) {
  texts names;
  for (const auto& each :
       read_description("repositories:\n  team/app8..team/app10:\n  b:\n").repositories)
    names.push_back(each.name.to_string());
  BOOST_TEST(names == (texts{"team/app8", "team/app9", "team/app10", "b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mistakes_name_line_column_key_and_what_was_meant) {
  const auto refuses = [](const std::string& keys, const std::string& why) {
    BOOST_TEST(refusal_below(keys) == why);
  };
  refuses("    tagz: [a]", "line 3, column 5: 'tagz' is not a key of the repository 'a'; did you "
                           "mean 'tags'?");
  refuses("    colour: red",
          "line 3, column 5: 'colour' is not a key of the repository 'a', which has broken, "
          "layer_size, layers, platforms, sbom, signatures and tags");
  refuses("    tags: {x: y}",
          "line 3, column 11: tags: this is not a list: write one, such as [a..z, \"1.0\"]");
  refuses("    tags: [ok, -bad]", "line 3, column 16: tags: '-bad' is not a tag");
  refuses("    tags: [b, a..c]", "line 3, column 15: tags: 'b' stands here a second time");
  refuses("    tags:\n    - [x]\n    - x\n",
          "line 5, column 7: tags: 'x' stands here a second time");
  refuses("    tags: [[]]", "line 3, column 12: tags: this list names no tag of the image");
  refuses("    tags: [[[x]]]",
          "line 3, column 13: tags: this is not a text: write a tag or a range, such as a..z");
  refuses("    tags: [~]",
          "line 3, column 12: tags: this is not a text: write a tag or a range, such as a..z");
  refuses("    tags: []", "line 3, column 11: tags: the list is empty: leave it out for the tag "
                          "latest");
  refuses("    tags: z..a", "line 3, column 11: tags: the range 'z..a' runs backwards");
  refuses("    tags: broken-wrong-size\n    broken: wrong_size",
          "line 3, column 11: tags: 'broken-wrong-size' is the tag of what is broken");
  refuses("    layers: many", "line 3, column 13: layers: 'many' is not a number: write a "
                              "whole number from 0 to 127, such as 3");
  refuses("    layers: 128", "line 3, column 13: layers: '128' is too large: write a whole number "
                             "from 0 to 127, such as 3");
  refuses("    layers: {}", "line 3, column 13: layers: this is not a text: write a number, or a "
                            "list of sizes");
  refuses("    layers: [1MB]\n    layer_size: 1KB",
          "line 4, column 17: layer_size: the list of layers has sizes already: leave one of them "
          "out");
  refuses("    platforms: [linux]", "line 3, column 17: platforms: 'linux' is not of the form "
                                    "os/architecture, such as linux/arm64 or linux/arm/v7");
  refuses("    platforms: linux/$x", "line 3, column 16: platforms: 'linux/$x' is not of the form "
                                     "os/architecture, such as linux/arm64 or linux/arm/v7");
  refuses("    platforms: []",
          "line 3, column 16: platforms: the list is empty: leave it out for linux/amd64");
  refuses("    platforms: [a/b, a/b]",
          "line 3, column 22: platforms: 'a/b' stands here a second time");
  refuses("    signatures: tags", "line 3, column 17: signatures: 'tags' is not one of "
                                  "true,false,referrer,tag; did you mean tag?");
  refuses("    sbom: maybe", "line 3, column 11: sbom: 'maybe' is neither true nor false: write "
                             "one of them");
  refuses("    broken: [missing_blobs]",
          "line 3, column 14: broken: 'missing_blobs' is not one of cyclic_index,missing_blob,"
          "missing_child,missing_config,wrong_bytes,wrong_size; did you mean missing_blob?");
  refuses("    broken: [wrong_size, wrong_size]",
          "line 3, column 26: broken: 'wrong_size' stands here a second time");
  BOOST_TEST(refusal_below("    layer_size: 5GiB").starts_with("line 3, column 17: layer_size: "));
  BOOST_TEST(refusal_below("    layer_size: 1XB").starts_with("line 3, column 17: layer_size: "));
}

BOOST_AUTO_TEST_CASE(so_do_mistakes_outside_of_repositories) {
  BOOST_TEST(refusal_of("") == "write 'repositories:' and below it the names of repositories");
  BOOST_TEST(refusal_of("- a") ==
             "line 1, column 1: write 'repositories:' and below it the names of repositories");
  BOOST_TEST(refusal_of("repository: {}") ==
             "line 1, column 1: 'repository' is not a key of the file; did you mean "
             "'repositories'?");
  BOOST_TEST(refusal_of("repositories: [a]") ==
             "line 1, column 15: repositories: write a map from names of repositories to their "
             "content");
  BOOST_TEST(refusal_of("repositories: {}") ==
             "line 1, column 1: there is no repository: write 'repositories:' and below it their "
             "names");
  BOOST_TEST(refusal_of("repositories: {Team: }") ==
             "line 1, column 16: 'Team' is not the name of a repository");
  BOOST_TEST(refusal_of("repositories: {a1: , a1..a3: }") ==
             "line 1, column 22: the repository 'a1' stands here a second time");
  BOOST_TEST(refusal_of("repositories: {a: [x]}") ==
             "line 1, column 19: a: write the keys of the repository, such as 'tags: [a..z]'");
  BOOST_TEST(refusal_of("seed: -1\nrepositories: {a: }").starts_with("line 1, column 7: seed: "));
}

BOOST_AUTO_TEST_CASE(a_file_cannot_ask_for_more_than_the_limits) {
  BOOST_TEST(refusal_below("    tags: 1..100001") ==
             "line 3, column 11: tags: the range '1..100001' has more than 100000 names");
  BOOST_TEST(refusal_below("    tags: [a1..a60000, b1..b60000]") ==
             "line 3, column 11: tags: there are more than 100000 tags");
  BOOST_TEST(refusal_of("repositories:\n  a: {tags: 1..60000}\n  b: {tags: 1..60000}\n") ==
             "line 3, column 3: from this repository on there are more than 100000 tags");
  BOOST_TEST(refusal_of("repositories: {a1..a100001: }") ==
             "line 1, column 16: the range 'a1..a100001' has more than 100000 names");
  BOOST_TEST(refusal_of("repositories: {a1..a99999: , b1..b99999: {tags: [], broken: "
                        "missing_blob}}") ==
             "line 1, column 30: there are more than 100000 repositories");
  BOOST_TEST(refusal_below("    tags: 1..90000\n    layers: 10") ==
             "line 2, column 3: from this repository on there are more than 1000000 layers, "
             "configs and manifests");
  std::string platforms = "    platforms: [a/x0";
  for (int i = 1; i <= 100; ++i)
    platforms += ", a/x" + std::to_string(i);
  BOOST_TEST(refusal_below(platforms + "]") ==
             "line 3, column 16: platforms: there are more than 100 platforms");
  BOOST_TEST(read_description("repositories: {a: {tags: 1..100000}}")
               .repositories.front()
               .content.images.size() == 100'000U);
}

BOOST_AUTO_TEST_CASE(the_bytes_are_known_before_anything_is_made) {
  const auto read = read_description("repositories:\n  a:\n    tags: 1..1000\n    layers: 10\n"
                                     "    layer_size: 4GiB\n    platforms: [a/b, a/c]\n");
  const std::uint64_t least = 1000ULL * 10 * 2 * max_layer_size;
  BOOST_TEST(read.layer_bytes() > least);
  BOOST_TEST(read.layer_bytes() < least / 100 * 101);
}

BOOST_AUTO_TEST_SUITE_END()
