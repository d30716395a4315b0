// The initial content of a registry.
#include "app/seed.hpp"
#include "storage/api/answer_of.hpp"

#include "transfer/layout_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(seed)

using namespace gantry;
using namespace gantry::test;

namespace {

struct file_fixture : engine_fixture {
  std::string path(const char* name) const { return (folder.path() / name).string(); }

  /// Why this seed cannot be loaded.
  std::string failure_of(const std::string& what) {
    try {
      app::seed(*engine, what);
    } catch (const std::runtime_error& why) {
      return why.what();
    }
    return "loaded";
  }

  temp_dir folder;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(true_means_an_image_that_can_be_pulled, engine_fixture) {
  app::seed(*engine, "true");
  BOOST_TEST(catalog() == texts{"library/hello-world"}, boost::test_tools::per_element());
  const auto found = find("library/hello-world", "latest");
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(((*found)->type() == media_types::docker_manifest));
  for (const auto& needed : (*found)->required_blobs()) {
    const auto stored =
      answer_of(*store("library/hello-world"), &repository_store::find_blob, needed.target);
    BOOST_REQUIRE(stored.has_value());
    BOOST_TEST((*stored)->size() == needed.size);
  }
}

BOOST_FIXTURE_TEST_CASE(false_means_nothing, engine_fixture) {
  app::seed(*engine, "false");
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() == 0U);
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_refused, engine_fixture) {
  for (const std::string name : {"/does/not/exist", "/does/not/exist.yml"})
    BOOST_CHECK_EXCEPTION(app::seed(*engine, name), std::invalid_argument, [&](const auto& why) {
      return std::string_view{why.what()} ==
             "the seed must be 'true', 'false', the folder of an OCI image layout, an archive of "
             "docker save or a YAML file: there is no file or folder '" +
               name + "'";
    });
}

BOOST_FIXTURE_TEST_CASE(a_folder_is_an_image_layout, layout_fixture) {
  list(add_image("one"), "team/app:1.0");
  app::seed(*engine, folder().string());
  BOOST_TEST(find("team/app", "1.0").has_value());
}

BOOST_FIXTURE_TEST_CASE(an_incomplete_layout_is_refused, layout_fixture) {
  list(add_image("one"), "team/app:1.0");
  std::filesystem::remove(folder() / "blobs/sha256" / digest::of("layer of one").hex());
  BOOST_CHECK_EXCEPTION(
    app::seed(*engine, folder().string()), std::runtime_error, [&](const auto& failure) {
      return std::string_view{failure.what()}.starts_with("image layout " + folder().string() +
                                                          ": team/app:1.0: there is no blob ");
    });
}

BOOST_FIXTURE_TEST_CASE(another_file_is_an_archive_of_docker_save, file_fixture) {
  const std::string config = R"({"rootfs":{"diff_ids":[]}})";
  folder.write("config.json", config);
  folder.write("manifest.json",
               R"([{"Config":"config.json","RepoTags":["team/app:1.0"],"Layers":[]}])");
  const auto command =
    "tar -C " + folder.path().string() + " -cf " + path("saved.tar") + " config.json manifest.json";
  BOOST_REQUIRE(std::system(command.c_str()) == 0);
  app::seed(*engine, path("saved.tar"));
  BOOST_TEST((find("team/app", "1.0").value()->config()->target == digest::of(config)));
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_lacks_something_is_refused, file_fixture) {
  folder.write("manifest.json",
               R"([{"Config":"config.json","RepoTags":["team/app:1.0"],"Layers":[]}])");
  const auto command =
    "tar -C " + folder.path().string() + " -cf " + path("saved.tar") + " manifest.json";
  BOOST_REQUIRE(std::system(command.c_str()) == 0);
  BOOST_TEST(failure_of(path("saved.tar")) ==
             "docker archive " + path("saved.tar") +
               ": team/app:1.0: the config config.json is not there");
  folder.write("text", "no archive");
  BOOST_TEST(failure_of(path("text")).starts_with("docker archive " + path("text") + ": "));
}

BOOST_FIXTURE_TEST_CASE(a_yaml_file_describes_the_content, file_fixture) {
  for (const auto* name : {"content.yml", "content.yaml"}) {
    folder.write(name, "repositories: {team/app: {tags: [a..c]}}");
    answer_of(engine->upkeep(), &upkeep_engine::clear).value();
    app::seed(*engine, path(name));
    for (const auto* label : {"a", "b", "c"})
      BOOST_TEST(find("team/app", label).has_value());
  }
}

BOOST_FIXTURE_TEST_CASE(a_description_is_read_once, file_fixture) {
  folder.write("content.yml", "repositories: {a: }");
  app::seeder content{path("content.yml")};
  content.fill(*engine);
  const auto before = find("a", "latest").value()->id();
  answer_of(engine->upkeep(), &upkeep_engine::clear).value();
  std::filesystem::remove(path("content.yml"));
  content.fill(*engine);
  BOOST_TEST((find("a", "latest").value()->id() == before));
}

BOOST_FIXTURE_TEST_CASE(a_mistake_in_a_description_stores_nothing, file_fixture) {
  folder.write("content.yml", "repositories:\n  a:\n  b: {tagz: c}\n");
  BOOST_TEST(failure_of(path("content.yml")) ==
             "seed " + path("content.yml") +
               ": line 3, column 7: 'tagz' is not a key of the repository 'b'; did you mean "
               "'tags'?");
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() == 0U);
}

BOOST_FIXTURE_TEST_CASE(more_than_the_room_is_refused_before_it_is_stored, file_fixture) {
  folder.write("content.yml", "repositories: {a: {layers: 2, layer_size: 1MB}}");
  app::seeder content{path("content.yml"), 1024 * 1024};
  BOOST_CHECK_EXCEPTION(content.fill(*engine), std::runtime_error, [&](const auto& why) {
    const std::string_view text{why.what()};
    return text.starts_with("seed " + path("content.yml") + ": its layers take 2") &&
           text.ends_with(" bytes, more than --memory-limit 1MiB: describe less, or raise the "
                          "limit");
  });
  BOOST_TEST(answer_of(engine->upkeep(), &upkeep_engine::used_bytes).value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
