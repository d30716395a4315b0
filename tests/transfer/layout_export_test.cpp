// Exports an engine as an OCI image layout, and imports it back.
#include "storage/api/answer_of.hpp"
#include "transfer/layout_export.hpp"

#include "transfer/content_writer.hpp"
#include "transfer/layout_fixture.hpp"
#include "transfer/layout_import.hpp"
#include "transfer/layout_index.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <pthread.h>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(layout_export)

using namespace gantry;
using namespace gantry::test;

namespace {

/// Imports the layout into an engine and exports the engine to another folder.
struct export_fixture : layout_fixture {
  std::filesystem::path target() const { return parent.path() / "out"; }

  transfer::transfer_report run(const transfer::export_selection& selection = {}) {
    return transfer::export_layout(*engine, target(), selection);
  }
  void fill() { transfer::import_layout(*engine, folder()); }

  /// `name=digest` of each entry.
  texts listed() const {
    texts lines;
    for (const auto& entry :
         transfer::read_index(transfer::source_folder{target()}, [](const auto&) {}))
      lines.push_back(entry.name + '=' + entry.content.target.to_string());
    return lines;
  }
  bool has(const digest& id) const {
    return std::filesystem::exists(target() / transfer::layout_blob(id));
  }
};

/// Runs it on a thread with a stack that a few hundred nested calls would exhaust.
void with_little_stack(std::function<void()> work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  pthread_t thread{};
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  BOOST_REQUIRE(pthread_create(&thread, &attributes, run, &work) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

std::string line(const std::string& name, const boost::json::object& entry) {
  return name + '=' + digest_of(entry).to_string();
}

transfer::image_name name_of(std::string_view text) {
  return transfer::image_name::parse(text).value();
}

} // namespace

BOOST_FIXTURE_TEST_CASE(everything_is_exported_and_imported_back, export_fixture) {
  const auto image = add_image("image");
  const auto signature = add_image("signature", image);
  const auto of_signature = add_image("of signature", signature);
  const auto multi = add_index({add_image("amd64"), add_image("arm64"),
                                add_blob("cached", "application/vnd.oci.image.layer.v1.tar")});
  list(image, "team/app:1.0");
  list(image, "team/app:latest");
  list(multi, "multi:1");
  list(signature);
  list(of_signature);
  fill();
  const auto report = run();
  BOOST_TEST(report.left_out.empty());
  BOOST_TEST(report.tags == 3U);
  BOOST_TEST(report.manifests == 6U);

  engine = storage::make_memory_engine();
  transfer::import_layout(*engine, target());
  BOOST_TEST(catalog() == (texts{"multi", "team/app"}), boost::test_tools::per_element());
  BOOST_TEST((find("team/app", "1.0").value()->id() == digest_of(image)));
  BOOST_TEST((find("team/app", "latest").value()->id() == digest_of(image)));
  BOOST_TEST((find("multi", "1").value()->id() == digest_of(multi)));
  BOOST_TEST(
    answer_of(*store("multi"), &repository_store::find_blob, digest::of("cached")).has_value());
  BOOST_TEST(answer_of(*store("multi"), &repository_store::find_blob, digest::of("layer of arm64"))
               .has_value());
  const auto referrers = answer_of(*store("team/app"), &repository_store::list_referrers,
                                   digest_of(signature), referrers_query{})
                           .value()
                           .items;
  BOOST_REQUIRE(referrers.size() == 1U);
  BOOST_TEST((referrers[0].id == digest_of(of_signature)));
}

BOOST_FIXTURE_TEST_CASE(only_the_named_images_are_exported, export_fixture) {
  const auto one = add_image("one");
  list(one, "app:1");
  list(add_image("two"), "app:2");
  fill();
  run({.images = {name_of("app:1")}});
  BOOST_TEST(listed() == texts{line("app:1", one)}, boost::test_tools::per_element());
  BOOST_TEST(has(digest::of("layer of one")));
  BOOST_TEST(!has(digest::of("layer of two")));
}

BOOST_FIXTURE_TEST_CASE(an_image_may_get_another_name, export_fixture) {
  const auto one = add_image("one");
  list(one, "app:1");
  fill();
  run({.images = {name_of("app:1")}, .name = "stable"});
  BOOST_TEST(listed() == texts{line("stable", one)}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_layout_is_added_to, export_fixture) {
  const auto one = add_image("one");
  const auto two = add_image("two");
  list(one, "app:1");
  list(two, "app:2");
  fill();
  run({.images = {name_of("app:1")}, .name = "a"});
  run({.images = {name_of("app:2")}, .name = "b"});
  BOOST_TEST(listed() == (texts{line("a", one), line("b", two)}), boost::test_tools::per_element());
  const auto again = run({.images = {name_of("app:2")}, .name = "a"});
  BOOST_TEST(again.blobs == 0U);
  BOOST_TEST(listed() == (texts{line("a", two), line("b", two)}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(an_image_that_lacks_a_blob_is_left_out, export_fixture) {
  list(add_image("one"), "app:1");
  list(add_image("two"), "app:2");
  fill();
  store("app")->unlink_blob(digest::of("layer of one"),
                            [](const auto& done) { BOOST_REQUIRE(done.has_value()); });
  const auto report = run();
  BOOST_REQUIRE(report.left_out.size() == 1U);
  BOOST_TEST(report.left_out[0] ==
             "app:1: the blob " + digest::of("layer of one").to_string() + " is not there");
  BOOST_TEST(report.tags == 1U);
  BOOST_TEST(listed().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_large_blob_is_exported_unchanged, export_fixture) {
  const std::string layer(3'000'001, 'x');
  list(add_index({add_blob(layer, "application/vnd.oci.image.layer.v1.tar")}), "app:1");
  fill();
  run();
  BOOST_TEST(std::filesystem::file_size(target() / transfer::layout_blob(digest::of(layer))) ==
             layer.size());
  engine = storage::make_memory_engine();
  transfer::import_layout(*engine, target());
  BOOST_TEST(answer_of(*store("app"), &repository_store::find_blob, digest::of(layer)).has_value());
}

BOOST_FIXTURE_TEST_CASE(impossible_exports_are_reported, export_fixture) {
  const auto fails_with = [this](const std::string& reason,
                                 const transfer::export_selection& selection) {
    try {
      run(selection);
    } catch (const std::runtime_error& failure) {
      const std::string_view text{failure.what()};
      BOOST_TEST_MESSAGE(text);
      return text.starts_with("image layout " + target().string() + ": ") &&
             text.find(reason) != text.npos;
    }
    return false;
  };
  BOOST_TEST(fails_with("there is no image app:1", {.images = {name_of("app:1")}}));
  BOOST_TEST(!std::filesystem::exists(target()));
  parent.write("out/somebody", "else's");
  BOOST_TEST(fails_with("there is no file oci-layout", {}));
  std::filesystem::remove_all(target());
  parent.write("out", "a file");
  BOOST_TEST(fails_with("it cannot be opened: Not a directory", {}));
}

// Clients choose the depth of indexes and referrers.
BOOST_FIXTURE_TEST_CASE(deep_indexes_and_long_chains_of_referrers_are_exported, export_fixture) {
  constexpr std::size_t depth = 500;
  const auto repository = store("app");
  const auto put = [&](boost::json::object document, std::vector<tag> tags) {
    document["schemaVersion"] = 2;
    document["mediaType"] = media_types::oci_index;
    auto value = manifest::parse(boost::json::serialize(document),
                                 media_type::parse(media_types::oci_index).value());
    const auto id = value.value().id();
    boost::json::object entry{{"mediaType", media_types::oci_index},
                              {"digest", id.to_string()},
                              {"size", value.value().bytes().size()}};
    transfer::content_writer{*engine}.put_manifest(repository_name::parse("app").value(),
                                                   std::move(value.value()), std::move(tags));
    return entry;
  };
  const auto bottom = put({{"manifests", boost::json::array{}}}, {});
  auto top = bottom;
  for (std::size_t i = 0; i < depth; ++i)
    top = put({{"manifests", boost::json::array{top}}}, {});
  put({{"manifests", boost::json::array{top}}}, {tag::parse("deep").value()});
  auto subject = bottom;
  for (std::size_t i = 0; i < depth; ++i)
    subject = put({{"manifests", boost::json::array{}}, {"subject", subject}}, {});
  transfer::transfer_report report;
  with_little_stack([&] { report = run(); });
  BOOST_TEST(report.is_whole());
  BOOST_TEST(report.manifests == 2 * depth + 2);
  BOOST_TEST(has(digest_of(bottom)));
  BOOST_TEST(has(digest_of(subject)));
}

BOOST_AUTO_TEST_SUITE_END()
