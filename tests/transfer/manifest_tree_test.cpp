// Malicious layouts: whatever their shape, the import ends, and its report is true.
#include "storage/api/answer_of.hpp"
#include "transfer/manifest_tree.hpp"

#include "transfer/layout_fixture.hpp"
#include "transfer/layout_import.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(manifest_tree)

using namespace gantry;
using namespace gantry::test;
namespace json = boost::json;

namespace {

struct tree_fixture : layout_fixture {
  transfer::transfer_report import() { return transfer::import_layout(*engine, folder()); }

  /// An image with one layer, described by this descriptor.
  json::object image_of(const json::object& layer) const {
    return add_blob(json::serialize(json::object{{"schemaVersion", 2},
                                                 {"mediaType", media_types::oci_manifest},
                                                 {"config", add_blob("{}")},
                                                 {"layers", json::array{layer}}}),
                    media_types::oci_manifest);
  }

  std::filesystem::path blob(const digest& id) const {
    return folder() / "blobs/sha256" / id.hex();
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(indexes_may_be_nested_without_end, tree_fixture) {
  auto top = add_image("bottom");
  for (int i = 0; i < 12'000; ++i)
    top = add_index({top});
  list(top, "deep");
  const auto report = import();
  BOOST_TEST(report.left_out.empty());
  BOOST_TEST(report.incomplete.size() == 1U);
  BOOST_TEST(has_line(report.incomplete, "indexes are nested more than 32 deep"));
  BOOST_TEST(report.manifests == transfer::manifest_tree::max_nesting);
  BOOST_TEST(find("myapp", "deep").has_value());
}

BOOST_FIXTURE_TEST_CASE(realistic_nesting_is_imported_completely, tree_fixture) {
  auto top = add_image("bottom");
  for (std::size_t i = 1; i < transfer::manifest_tree::max_nesting; ++i)
    top = add_index({top});
  list(top, "deep");
  BOOST_TEST(import().is_whole());
}

// Two ways from each level to the next: 2^30 paths, 62 manifests.
BOOST_FIXTURE_TEST_CASE(each_manifest_is_read_once_whatever_the_number_of_paths, tree_fixture) {
  auto left = add_image("left");
  auto right = add_image("right");
  for (int i = 0; i < 30; ++i) {
    auto below = add_index({left, right});
    right = add_index({right, left});
    left = std::move(below);
  }
  list(add_index({left, right}), "diamonds");
  const auto report = import();
  BOOST_TEST(report.is_whole());
  BOOST_TEST(report.manifests == 63U);
}

BOOST_FIXTURE_TEST_CASE(a_layer_that_is_a_link_to_a_device_is_not_read, tree_fixture) {
  const auto id = digest::of("zero");
  list(image_of({{"mediaType", "a/b"}, {"digest", id.to_string()}, {"size", 10}}), "zero");
  std::filesystem::create_symlink("/dev/zero", blob(id));
  const auto report = import();
  BOOST_TEST(report.left_out.size() == 1U);
  BOOST_TEST(has_line(report.left_out, "is a link, which is not followed"));
  BOOST_TEST(find("myapp", "zero").has_error());
}

BOOST_FIXTURE_TEST_CASE(a_file_larger_than_its_descriptor_is_not_read, tree_fixture) {
  const auto layer = add_blob("ten bytes!");
  list(image_of(layer), "large");
  std::filesystem::resize_file(blob(digest_of(layer)), std::uint64_t{1} << 40);
  const auto report = import();
  BOOST_TEST(has_line(report.left_out, "has 1099511627776 bytes, not 10"));
  BOOST_TEST(find("myapp", "large").has_error());
}

// An existing blob is not read again, so its size must be compared.
BOOST_FIXTURE_TEST_CASE(a_wrong_descriptor_size_is_found_if_the_blob_exists, tree_fixture) {
  const auto layer = add_blob("ten bytes!");
  auto lie = layer;
  lie["size"] = 11;
  list(image_of(layer), "truth");
  list(image_of(lie), "lie");
  const auto report = import();
  BOOST_TEST(has_line(report.left_out,
                      "myapp:lie: blob " + digest_of(layer).to_string() + " has 10 bytes, not 11"));
  BOOST_TEST(find("myapp", "truth").has_value());
  BOOST_TEST(find("myapp", "lie").has_error());
}

BOOST_FIXTURE_TEST_CASE(an_index_is_imported_without_its_broken_children_and_reports_it,
                        tree_fixture) {
  const auto good = add_image("good");
  const auto gone = add_image("gone");
  const auto damaged = add_image("damaged");
  std::filesystem::remove(blob(digest_of(gone)));
  write("blobs/sha256/" + digest::of("layer of damaged").hex(), "layer of DAMAGED");
  const auto index = add_index({gone, good, damaged});
  list(index, "multi");
  const auto report = import();
  BOOST_TEST(report.left_out.empty());
  BOOST_TEST(report.incomplete == texts{"myapp@" + digest_of(index).to_string() + " came without " +
                                        digest_of(gone).to_string() + ": there is no blob " +
                                        digest_of(gone).to_string() + " (and 1 more)"},
             boost::test_tools::per_element());
  BOOST_TEST(find("myapp", "multi").has_value());
  BOOST_TEST(
    answer_of(*store("myapp"), &repository_store::find_manifest, digest_of(good)).has_value());
  BOOST_TEST(
    answer_of(*store("myapp"), &repository_store::find_manifest, digest_of(damaged)).has_error());
}

BOOST_FIXTURE_TEST_CASE(one_manifest_under_many_names_is_stored_once, tree_fixture) {
  const auto image = add_image("image");
  for (int i = 0; i < 500; ++i)
    list(image, "t" + std::to_string(i));
  const auto report = import();
  BOOST_TEST(report.manifests == 1U);
  BOOST_TEST(report.tags == 500U);
}

BOOST_FIXTURE_TEST_CASE(a_chain_of_referrers_is_imported_in_any_order, tree_fixture) {
  const auto image = add_image("image");
  std::vector<json::object> chain{image};
  for (int i = 0; i < 300; ++i)
    chain.push_back(add_image("referrer " + std::to_string(i), chain.back()));
  for (std::size_t i = chain.size() - 1; i > 0; --i)
    list(chain[i]);
  list(image, "team/app:1");
  const auto report = import();
  BOOST_TEST(report.is_whole());
  BOOST_TEST(report.manifests == 301U);
  BOOST_TEST(
    answer_of(*store("team/app"), &repository_store::find_manifest, digest_of(chain.back()))
      .has_value());
}

BOOST_FIXTURE_TEST_CASE(names_are_made_safe_for_a_terminal, tree_fixture) {
  list(add_image("image"), "a\x1b[2J" + std::string(1000, 'b'));
  const auto report = import();
  BOOST_REQUIRE(report.left_out.size() == 1U);
  BOOST_TEST(report.left_out[0].starts_with("'a?[2Jb"));
  BOOST_TEST(report.left_out[0].size() == 503U);
}

BOOST_FIXTURE_TEST_CASE(excess_faults_are_only_counted, tree_fixture) {
  json::array faults(5000, json::value(1));
  write("index.json", json::serialize(json::object{{"manifests", std::move(faults)}}));
  const auto report = import();
  BOOST_TEST(report.left_out.size() == transfer::transfer_report::max_lines);
  BOOST_TEST(report.unsaid == 4000U);
}

BOOST_AUTO_TEST_SUITE_END()
