// Importing and exporting images of a stopped registry, without a terminal.
#include "app/import_export.hpp"

#include "app/seed.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/disk/engine.hpp"
#include "transfer/layout_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(import_export)

BOOST_AUTO_TEST_CASE(a_layout_may_have_colons_in_its_path_and_in_its_names) {
  const test::temp_dir folder;
  const auto plain = (folder.path() / "plain").string();
  const auto odd = (folder.path() / "odd:folder").string();
  std::filesystem::create_directories(plain);
  std::filesystem::create_directories(odd);
  const auto place = [](const std::string& text) {
    const auto source = app::parse_source("oci:" + text);
    const auto& layout = std::get<app::layout_place>(source);
    return layout.folder.string() + '|' + layout.name;
  };
  BOOST_TEST(place(plain) == plain + '|');
  BOOST_TEST(place(plain + ":1.0") == plain + "|1.0");
  BOOST_TEST(place(plain + ":team/app:1.0") == plain + "|team/app:1.0");
  BOOST_TEST(place(odd) == odd + '|');
  BOOST_TEST(place(odd + ":1.0") == odd + "|1.0");
  BOOST_TEST(place("absent:1.0") == "absent|1.0");
  BOOST_TEST(place("absent") == "absent|");
  BOOST_CHECK_THROW(app::parse_source("plain"), std::invalid_argument);
  BOOST_CHECK_THROW(app::parse_destination("registry:d"), std::invalid_argument);
}

BOOST_FIXTURE_TEST_CASE(an_import_is_exported_unchanged, test::layout_fixture) {
  const auto image = add_image("image");
  list(image, "team/app:1.0");
  list(add_image("signature", image));
  const auto data = parent.path() / "data";
  const auto out = parent.path() / "out";
  BOOST_TEST(app::run(app::import_command{data, app::layout_place{folder(), {}}, {}}) == 0);
  BOOST_TEST(app::run(app::export_command{data, out, {}}) == 0);
  transfer::import_layout(*engine, out);
  BOOST_TEST((find("team/app", "1.0").value()->id() == test::digest_of(image)));
  BOOST_TEST(answer_of(*store("team/app"), &repository_store::list_referrers,
                       test::digest_of(image), referrers_query{})
               .value()
               .items.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(left_out_content_makes_the_exit_status_1, test::layout_fixture) {
  parent.write("old/docker/registry/v2/blobs/x", "");
  parent.write("old/docker/registry/v2/repositories/app/_manifests/tags/1/current/link", "?");
  const auto data = parent.path() / "data";
  BOOST_TEST(
    app::run(app::import_command{data, app::distribution_place{parent.path() / "old"}, {}}) == 1);
}

BOOST_FIXTURE_TEST_CASE(incomplete_content_makes_the_exit_status_1, test::layout_fixture) {
  const auto gone = add_image("gone");
  list(add_index({add_image("here"), gone}), "team/app:multi");
  std::filesystem::remove(folder() / "blobs/sha256" / test::digest_of(gone).hex());
  const auto data = parent.path() / "data";
  BOOST_TEST(app::run(app::import_command{data, app::layout_place{folder(), {}}, {}}) == 1);
  const auto stored = storage::open_disk_engine({.folder = data});
  const auto team = stored->metadata().open(repository_name::parse("team/app").value());
  BOOST_TEST(
    answer_of(*team, &repository_store::find_manifest, tag::parse("multi").value()).has_value());
}

BOOST_FIXTURE_TEST_CASE(an_absent_registry_is_not_exported, test::layout_fixture) {
  BOOST_CHECK_THROW(
    app::run(app::export_command{parent.path() / "none", parent.path() / "out", {}}),
    std::runtime_error);
  BOOST_TEST(!std::filesystem::exists(parent.path() / "none"));
}

BOOST_AUTO_TEST_SUITE_END()
