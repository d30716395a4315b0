// Imports the data folder of docker's registry into an engine.
#include "storage/api/answer_of.hpp"
#include "transfer/distribution_folder.hpp"

#include "transfer/layout_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(distribution_folder)

using namespace gantry;
using namespace gantry::test;
namespace json = boost::json;

namespace {

struct distribution_fixture : engine_fixture {
  distribution_fixture() {
    std::filesystem::create_directories(root() / "repositories");
    std::filesystem::create_directories(root() / "blobs");
  }

  std::filesystem::path root() const { return folder.path() / "docker/registry/v2"; }

  static std::string path_of(const digest& id) {
    return "sha256/" + id.hex().substr(0, 2) + '/' + id.hex() + "/data";
  }

  void write(const std::string& name, std::string_view content) const {
    folder.write("docker/registry/v2/" + name, content);
  }

  digest add_data(std::string_view content) const {
    const auto id = digest::of(content);
    write("blobs/" + path_of(id), content);
    return id;
  }

  json::object add_blob(const std::string& repository, std::string_view content) const {
    const auto id = add_data(content);
    write("repositories/" + repository + "/_layers/sha256/" + id.hex() + "/link", id.to_string());
    return {{"mediaType", "a/b"}, {"digest", id.to_string()}, {"size", content.size()}};
  }

  digest add_manifest(const std::string& repository, const json::object& document) const {
    const auto id = add_data(json::serialize(document));
    write("repositories/" + repository + "/_manifests/revisions/sha256/" + id.hex() + "/link",
          id.to_string());
    return id;
  }

  digest add_image(const std::string& repository, std::string_view note) const {
    return add_manifest(repository, {{"schemaVersion", 2},
                                     {"mediaType", media_types::docker_manifest},
                                     {"config", add_blob(repository, "{}")},
                                     {"layers", json::array{add_blob(repository, note)}}});
  }

  void add_tag(const std::string& repository, const std::string& name, const digest& id) const {
    write("repositories/" + repository + "/_manifests/tags/" + name + "/current/link",
          id.to_string());
  }

  transfer::transfer_report import() {
    return transfer::import_distribution_folder(*engine, folder.path());
  }

  temp_dir folder;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(repositories_are_imported_with_blobs_manifests_and_tags,
                        distribution_fixture) {
  const auto one = add_image("team/app", "one");
  const auto two = add_image("team/app", "two");
  const auto inner = add_image("team/app/tool", "one");
  add_tag("team/app", "1.0", one);
  add_tag("team/app", "latest", one);
  add_tag("team/app/tool", "1.0", inner);
  const auto report = import();
  BOOST_TEST(report.left_out.empty());
  BOOST_TEST(report.tags == 3U);
  BOOST_TEST(report.manifests == 3U);
  BOOST_TEST(report.blobs == 3U);
  BOOST_TEST(catalog() == (texts{"team/app", "team/app/tool"}), boost::test_tools::per_element());
  BOOST_TEST((find("team/app", "latest").value()->id() == one));
  BOOST_TEST((find("team/app/tool", "1.0").value()->id() == inner));
  BOOST_TEST(answer_of(*store("team/app"), &repository_store::find_manifest, two).has_value());
  BOOST_TEST(
    answer_of(*store("team/app"), &repository_store::find_blob, digest::of("two")).has_value());
  BOOST_TEST(answer_of(*store("team/app/tool"), &repository_store::find_blob, digest::of("two"))
               .has_error());
}

BOOST_FIXTURE_TEST_CASE(a_manifest_without_a_type_is_known_by_its_shape, distribution_fixture) {
  const auto image = add_manifest(
    "app", {{"schemaVersion", 2}, {"config", add_blob("app", "{}")}, {"layers", json::array{}}});
  const auto index = add_manifest("app", {{"schemaVersion", 2}, {"manifests", json::array{}}});
  import();
  BOOST_TEST((answer_of(*store("app"), &repository_store::find_manifest, image).value()->type() ==
              media_types::oci_manifest));
  BOOST_TEST((answer_of(*store("app"), &repository_store::find_manifest, index).value()->type() ==
              media_types::oci_index));
}

BOOST_FIXTURE_TEST_CASE(deleted_content_is_not_imported, distribution_fixture) {
  const auto one = add_image("app", "one");
  add_image("app", "two");
  std::filesystem::remove(root() / "repositories/app/_manifests/revisions/sha256" / one.hex() /
                          "link");
  // Garbage collection removed the blob and left the link.
  std::filesystem::remove_all((root() / "blobs" / path_of(digest::of("one"))).parent_path());
  const auto report = import();
  BOOST_TEST(report.left_out.empty());
  BOOST_TEST(report.manifests == 1U);
  BOOST_TEST(answer_of(*store("app"), &repository_store::find_manifest, one).has_error());
}

BOOST_FIXTURE_TEST_CASE(a_missing_link_is_created_if_a_manifest_needs_it, distribution_fixture) {
  const auto one = add_image("app", "one");
  std::filesystem::remove_all(root() / "repositories/app/_layers/sha256" / digest::of("one").hex());
  BOOST_TEST(import().left_out.empty());
  BOOST_TEST(answer_of(*store("app"), &repository_store::find_manifest, one).has_value());
  BOOST_TEST(answer_of(*store("app"), &repository_store::find_blob, digest::of("one")).has_value());
}

BOOST_FIXTURE_TEST_CASE(damage_is_reported_and_the_rest_is_imported, distribution_fixture) {
  add_tag("app", "good", add_image("app", "good"));
  add_image("app", "changed");
  write("blobs/" + path_of(digest::of("changed")), "CHANGED");
  add_image("app", "gone");
  std::filesystem::remove(root() / "blobs" / path_of(digest::of("gone")));
  const auto manifest = add_image("app", "other");
  write("blobs/" + path_of(manifest), R"({"schemaVersion":2,"manifests":[]})");
  add_tag("app", "lost", digest::of("no manifest"));
  write("repositories/app/_manifests/tags/broken/current/link", "nonsense");
  const auto old = add_manifest("app", {{"schemaVersion", 1}, {"name", "app"}});
  write("repositories/Not_A_Name/_manifests/x", "");
  const auto report = import();
  BOOST_TEST(find("app", "good").has_value());
  BOOST_TEST(
    has_line(report.left_out, "blob " + digest::of("changed").to_string() + " has the digest"));
  BOOST_TEST(
    has_line(report.left_out, "the blob " + digest::of("gone").to_string() + " that it needs"));
  BOOST_TEST(has_line(report.left_out, "app@" + manifest.to_string() + ": it is damaged"));
  BOOST_TEST(has_line(report.left_out, "app:lost: there is no manifest"));
  BOOST_TEST(has_line(report.left_out, "app:broken: it is not a tag"));
  BOOST_TEST(has_line(report.left_out, "app@" + old.to_string()));
  BOOST_TEST(has_line(report.left_out, "Not_A_Name: no repository can have this name"));
  BOOST_TEST(report.left_out.size() == 7U);
  BOOST_TEST(answer_of(*store("app"), &repository_store::find_manifest, old).has_error());
}

BOOST_FIXTURE_TEST_CASE(reported_omissions_are_absent, distribution_fixture) {
  const auto changed = add_image("app", "changed");
  write("blobs/" + path_of(digest::of("changed")), "CHANGED");
  add_tag("app", "changed", changed);
  add_tag("app", "latest", changed);
  const auto gone = add_image("app", "gone");
  std::filesystem::remove(root() / "blobs" / path_of(digest::of("gone")));
  add_tag("app", "gone", gone);
  const auto report = import();
  BOOST_TEST(report.left_out.size() == 2U);
  BOOST_TEST(has_line(report.left_out, "app@" + changed.to_string() + " (changed, latest): blob "));
  BOOST_TEST(has_line(report.left_out, "app@" + gone.to_string() + " (gone): the blob "));
  BOOST_TEST(report.manifests == 0U);
  BOOST_TEST(report.tags == 0U);
  BOOST_TEST(catalog().empty());
}

BOOST_FIXTURE_TEST_CASE(an_index_is_imported_without_its_missing_children, distribution_fixture) {
  const auto describe = [&](const digest& id) {
    return json::object{
      {"mediaType", media_types::docker_manifest}, {"digest", id.to_string()}, {"size", 1}};
  };
  const auto here = add_image("app", "here");
  const auto gone = digest::of("gone");
  const auto index =
    add_manifest("app", {{"schemaVersion", 2},
                         {"mediaType", media_types::docker_list},
                         {"manifests", json::array{describe(gone), describe(here)}}});
  add_tag("app", "multi", index);
  const auto report = import();
  BOOST_TEST(report.left_out.empty());
  BOOST_TEST(report.incomplete ==
               texts{"app@" + index.to_string() + " (multi) came without " + gone.to_string()},
             boost::test_tools::per_element());
  BOOST_TEST(find("app", "multi").has_value());
}

BOOST_FIXTURE_TEST_CASE(links_are_not_followed, distribution_fixture) {
  folder.write("outside/app/_manifests/x", "");
  folder.write("outside/data", "secret");
  std::filesystem::create_directory_symlink(folder.path() / "outside", root() / "repositories/out");
  std::filesystem::create_directory_symlink(root() / "repositories", root() / "repositories/loop");
  add_image("app", "here");
  const auto secret = add_image("app", "secret");
  const auto file = root() / "blobs" / path_of(digest::of("secret"));
  std::filesystem::remove(file);
  std::filesystem::create_symlink(folder.path() / "outside/data", file);
  const auto report = import();
  BOOST_TEST(catalog() == texts{"app"}, boost::test_tools::per_element());
  BOOST_TEST(report.manifests == 1U);
  BOOST_TEST(has_line(report.left_out, "app@" + secret.to_string()));
  BOOST_TEST(has_line(report.left_out, "is a link, which is not followed"));
}

BOOST_FIXTURE_TEST_CASE(unreachable_folders_are_reported_once, distribution_fixture) {
  std::string name(100, 'a');
  for (int i = 0; i < 5; ++i)
    name += '/' + std::string(100, 'a');
  write("repositories/" + name + "/_manifests/x", "");
  const auto report = import();
  BOOST_TEST(report.left_out.size() == 1U);
  BOOST_TEST(has_line(report.left_out, "a repository's name has at most 255 characters"));
}

BOOST_FIXTURE_TEST_CASE(another_folder_is_refused, distribution_fixture) {
  std::filesystem::remove_all(root() / "repositories");
  BOOST_CHECK_EXCEPTION(import(), std::runtime_error, [&](const auto& failure) {
    return std::string_view{failure.what()} ==
           "registry folder " + folder.path().string() +
             ": it holds no docker/registry/v2 with repositories and blobs";
  });
}

BOOST_AUTO_TEST_SUITE_END()
