// What is described is stored: images that can be pulled, and broken ones that cannot.
#include "storage/api/answer_of.hpp"
#include "storage/api/bytes_of.hpp"
#include "synthesis/synthesizer.hpp"

#include "transfer/layout_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(synthesizer)

using namespace gantry;
using namespace gantry::test;
using namespace gantry::synthesis;
namespace json = boost::json;

namespace {

struct synthesis_fixture : engine_fixture {
  void fill(std::string_view file) {
    synthesis::synthesizer{read_description(file)}.store(*engine);
  }

  manifest_ptr pulled(std::string_view repository, std::string_view name) {
    return find(repository, name).value();
  }
  manifest_ptr pulled(std::string_view repository, const digest& id) {
    return answer_of(*store(repository), &repository_store::find_manifest, id).value();
  }

  /// Checks that a client could pull the image: what it names is there, with its digest and size.
  void check_image(std::string_view repository, const manifest& image) {
    BOOST_TEST((digest::of(image.bytes()) == image.id()));
    for (const auto& child : image.children())
      check_image(repository, *pulled(repository, child.target));
    for (const auto& needed : image.required_blobs()) {
      const auto stored =
        answer_of(*store(repository), &repository_store::find_blob, needed.target).value();
      BOOST_TEST(stored->size() == needed.size);
      BOOST_TEST((digest::of(bytes_of(*stored).value()) == needed.target));
    }
  }

  json::object config_of(std::string_view repository, const manifest& image) {
    const auto stored =
      answer_of(*store(repository), &repository_store::find_blob, image.config()->target).value();
    return json::parse(bytes_of(*stored).value()).as_object();
  }

  std::vector<manifest_ptr> referrers_of(std::string_view repository, const digest& subject) {
    std::vector<manifest_ptr> found;
    for (const auto& each : answer_of(*store(repository), &repository_store::list_referrers,
                                      subject, referrers_query{})
                              .value()
                              .items)
      found.push_back(pulled(repository, each.id));
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(each_tag_has_an_image_of_its_own, synthesis_fixture) {
  fill("repositories:\n  team/app:\n    tags: [a..c, [one, same]]\n    layers: [0, 1, 70000]\n");
  std::vector<digest> ids;
  for (const auto* name : {"a", "b", "c", "one"}) {
    const auto image = pulled("team/app", name);
    check_image("team/app", *image);
    BOOST_TEST(image->layers().size() == 3U);
    const auto config = config_of("team/app", *image);
    BOOST_TEST((config.at("os") == "linux"));
    BOOST_TEST(config.at("rootfs").at("diff_ids").as_array().size() == 3U);
    BOOST_TEST((std::ranges::find(ids, image->id()) == ids.end()));
    ids.push_back(image->id());
  }
  BOOST_TEST((pulled("team/app", "same")->id() == ids.back()));
}

BOOST_FIXTURE_TEST_CASE(several_platforms_make_an_index, synthesis_fixture) {
  fill("repositories:\n  a:\n    platforms: [linux/amd64, linux/arm/v7]\n");
  const auto index = pulled("a", "latest");
  BOOST_TEST((index->type() == media_types::oci_index));
  check_image("a", *index);
  BOOST_REQUIRE(index->children().size() == 2U);
  const auto entry = json::parse(index->bytes()).at("manifests").as_array().at(1).as_object();
  BOOST_TEST(json::serialize(entry.at("platform")) ==
             R"({"architecture":"arm","os":"linux","variant":"v7"})");
  const auto config = config_of("a", *pulled("a", index->children()[1].target));
  BOOST_TEST((config.at("variant") == "v7"));
}

BOOST_FIXTURE_TEST_CASE(signatures_and_sboms_refer_to_their_image, synthesis_fixture) {
  fill("repositories:\n  a: {signatures: true, sbom: true, platforms: [x/y, x/z]}\n");
  const auto image = pulled("a", "latest");
  texts types;
  for (const auto& each : referrers_of("a", image->id())) {
    check_image("a", *each);
    BOOST_TEST((each->subject()->target == image->id()));
    BOOST_TEST(each->subject()->size == image->bytes().size());
    types.push_back(each->artifact_type());
  }
  std::ranges::sort(types);
  BOOST_TEST(types ==
               (texts{"application/spdx+json", "application/vnd.dev.cosign.artifact.sig.v1+json"}),
             boost::test_tools::per_element());
  const auto signature = pulled("a", "sha256-" + image->id().hex() + ".sig");
  check_image("a", *signature);
  BOOST_TEST(!signature->subject().has_value());
  const auto payload =
    bytes_of(*answer_of(*store("a"), &repository_store::find_blob, signature->layers().at(0).target)
                .value())
      .value();
  const auto critical = json::parse(payload).at("critical").as_object();
  BOOST_TEST(critical.at("image").at("docker-manifest-digest").as_string() ==
             image->id().to_string());
}

BOOST_FIXTURE_TEST_CASE(signatures_have_only_the_wanted_form, synthesis_fixture) {
  fill("repositories:\n  a: {signatures: referrer}\n  b: {signatures: tag}\n");
  const auto id = pulled("a", "latest")->id();
  BOOST_TEST(referrers_of("a", id).size() == 1U);
  BOOST_TEST(!find("a", "sha256-" + id.hex() + ".sig").has_value());
  const auto other = pulled("b", "latest")->id();
  BOOST_TEST(referrers_of("b", other).empty());
  BOOST_TEST(find("b", "sha256-" + other.hex() + ".sig").has_value());
}

// If this fails, files give other digests than they did before: users have written those down.
BOOST_FIXTURE_TEST_CASE(the_digests_are_the_same_on_every_machine, synthesis_fixture) {
  fill("seed: 5\nrepositories:\n  team/app:\n    tags: [\"1.0\", multi]\n    layers: [10, 100KB]\n"
       "    sbom: true\n    signatures: true\n");
  fill("repositories:\n  multi: {platforms: [linux/amd64, linux/arm64]}\n");
  const auto one = pulled("team/app", "1.0")->id();
  BOOST_TEST(one.to_string() ==
             "sha256:37d28c25cb90f1884f78b113136662bc33244f8c3b8e458878047fa2fce63527");
  BOOST_TEST(pulled("multi", "latest")->id().to_string() ==
             "sha256:a8aae149f8c48cd39f84fe6b7523f3c80ee13f0924a0b6dea93d498e979a44b5");
  texts referrers;
  for (const auto& each : referrers_of("team/app", one))
    referrers.push_back(each->id().to_string());
  std::ranges::sort(referrers);
  BOOST_TEST(referrers ==
               (texts{"sha256:27429d8808d5bb5974bde3b0c4e7ef1abf91125fcfb6122c4359b5fc59a20a86",
                      "sha256:a05c05ea431304bfdee9d9569b62d2fab26efb26b2560edb45bfb5c01b0792bc"}),
             boost::test_tools::per_element());
  BOOST_TEST(pulled("team/app", "sha256-" + one.hex() + ".sig")->id().to_string() ==
             "sha256:f3fce07602fba34955f6b78355e5073b6476fcb151e9a11bc84c551b9c6c4d5a");
}

BOOST_FIXTURE_TEST_CASE(storing_again_gives_the_same, synthesis_fixture) {
  synthesis::synthesizer made{read_description(
    "repositories:\n  a: {layers: [10, 100KB], broken: [wrong_bytes, cyclic_index]}\n")};
  made.store(*engine);
  const auto id = pulled("a", "latest")->id();
  const auto bytes = answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value();
  answer_of(engine->upkeep(), &upkeep_engine::clear).value();
  made.store(*engine);
  BOOST_TEST((pulled("a", "latest")->id() == id));
  check_image("a", *pulled("a", "latest"));
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() == bytes);
}

BOOST_FIXTURE_TEST_CASE(an_image_depends_on_nothing_but_seed_and_names, synthesis_fixture) {
  fill("repositories:\n  a:\n  b:\n");
  const auto before = pulled("a", "latest")->id();
  BOOST_TEST((pulled("b", "latest")->id() != before));
  answer_of(engine->upkeep(), &upkeep_engine::clear).value();
  fill("repositories:\n  c:\n  a: {tags: [x, latest], sbom: true}\n");
  BOOST_TEST((pulled("a", "latest")->id() == before));
  answer_of(engine->upkeep(), &upkeep_engine::clear).value();
  fill("seed: 1\nrepositories:\n  a:\n");
  BOOST_TEST((pulled("a", "latest")->id() != before));
}

BOOST_FIXTURE_TEST_CASE(what_is_broken_is_broken_as_its_name_says, synthesis_fixture) {
  fill("repositories:\n  a:\n    platforms: [linux/amd64, linux/arm64]\n    broken: [cyclic_index, "
       "missing_blob, missing_child, missing_config, wrong_bytes, wrong_size]\n");
  const auto broken = [this](flaw kind) { return pulled("a", row_of(kind).tag); };
  const auto blob_of = [this](const descriptor& named) {
    return answer_of(*store("a"), &repository_store::find_blob, named.target);
  };

  const auto no_layer = broken(flaw::missing_blob);
  BOOST_TEST(!blob_of(no_layer->layers().at(0)).has_value());
  BOOST_TEST(blob_of(*no_layer->config()).has_value());

  const auto no_config = broken(flaw::missing_config);
  BOOST_TEST(!blob_of(*no_config->config()).has_value());
  BOOST_TEST(blob_of(no_config->layers().at(0)).has_value());

  const auto other_bytes = broken(flaw::wrong_bytes);
  const auto& named = other_bytes->layers().at(0);
  const auto stored = blob_of(named).value();
  BOOST_TEST(stored->size() == named.size);
  BOOST_TEST((digest::of(bytes_of(*stored).value()) != named.target));

  const auto longer = broken(flaw::wrong_size);
  BOOST_TEST(blob_of(longer->layers().at(0)).value()->size() + 1 == longer->layers().at(0).size);

  const auto sparse = broken(flaw::missing_child);
  BOOST_REQUIRE(sparse->children().size() == 2U);
  BOOST_TEST(!answer_of(*store("a"), &repository_store::find_manifest, sparse->children()[0].target)
                .has_value());
  check_image("a", *pulled("a", sparse->children()[1].target));

  const auto cycle = broken(flaw::cyclic_index);
  BOOST_REQUIRE(cycle->children().size() == 1U);
  BOOST_TEST((cycle->children()[0].target == cycle->id()));
  BOOST_TEST(cycle->children()[0].size == cycle->bytes().size());
  BOOST_TEST((digest::of(cycle->bytes()) != cycle->id()));
}

BOOST_AUTO_TEST_CASE(the_table_of_flaws_is_sorted_and_has_valid_tags) {
  std::string_view before;
  for (const auto& row : flaws()) {
    BOOST_TEST((before < row.name));
    before = row.name;
    BOOST_TEST((row_of(row.kind).name == row.name));
    BOOST_TEST(tag::parse(row.tag).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
