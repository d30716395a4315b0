// The initial content of a registry.
#include "app/seed.hpp"

#include "transfer/layout_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

BOOST_AUTO_TEST_SUITE(seed)

using namespace gantry;
using namespace gantry::test;

BOOST_FIXTURE_TEST_CASE(true_means_an_image_that_can_be_pulled, engine_fixture) {
  app::seed(*engine, "true");
  BOOST_TEST(catalog() == texts{"library/hello-world"}, boost::test_tools::per_element());
  const auto found = find("library/hello-world", "latest");
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(((*found)->type() == media_types::docker_manifest));
  for (const auto& needed : (*found)->required_blobs()) {
    const auto stored = store("library/hello-world")->find_blob(needed.target);
    BOOST_REQUIRE(stored.has_value());
    BOOST_TEST((*stored)->size() == needed.size);
  }
}

BOOST_FIXTURE_TEST_CASE(false_means_nothing, engine_fixture) {
  app::seed(*engine, "false");
  BOOST_TEST(engine->used_bytes() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_absent_folder_is_refused, engine_fixture) {
  BOOST_CHECK_EXCEPTION(
    app::seed(*engine, "/does/not/exist"), std::invalid_argument, [](const auto& failure) {
      return std::string_view{failure.what()} ==
             "the seed must be 'true', 'false' or the folder of an OCI image layout: "
             "'/does/not/exist' is not a folder";
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

BOOST_AUTO_TEST_SUITE_END()
