// Imports OCI image layouts into an engine.
#include "storage/api/answer_of.hpp"
#include "transfer/layout_import.hpp"

#include "transfer/layout_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

BOOST_AUTO_TEST_SUITE(layout_import)

using namespace gantry;
using namespace gantry::test;
namespace json = boost::json;

namespace {

struct import_fixture : layout_fixture {
  transfer::transfer_report import(const transfer::layout_selection& selection = {}) {
    return transfer::import_layout(*engine, folder(), selection);
  }

  /// Whether it fails with a text that names the folder and contains `reason`.
  bool fails_with(const std::string& reason, const transfer::layout_selection& selection = {}) {
    try {
      import(selection);
    } catch (const std::runtime_error& failure) {
      const std::string_view text{failure.what()};
      BOOST_TEST_MESSAGE(text);
      return text.starts_with("image layout " + folder().string() + ": ") &&
             text.find(reason) != text.npos;
    }
    return false;
  }
};

/// Whether the import leaves one thing out, for this reason, and imports no image.
bool leaves_out(import_fixture& fixture, const std::string& reason) {
  const auto report = fixture.import();
  return report.left_out.size() == 1 && report.tags == 0 && has_line(report.left_out, reason) &&
         fixture.catalog().empty();
}

transfer::image_name name_of(std::string_view text) {
  return transfer::image_name::parse(text).value();
}

} // namespace

BOOST_FIXTURE_TEST_CASE(names_give_repository_and_tag, import_fixture) {
  const auto one = add_image("one");
  const auto two = add_image("two");
  list(one, "team/app:1.0");
  list(one, "app:latest");
  list(two, "stable");
  import();
  BOOST_TEST(catalog() == (texts{"app", "myapp", "team/app"}), boost::test_tools::per_element());
  BOOST_TEST((find("team/app", "1.0").value()->id() == digest_of(one)));
  BOOST_TEST((find("app", "latest").value()->id() == digest_of(one)));
  BOOST_TEST((find("myapp", "stable").value()->id() == digest_of(two)));
  BOOST_TEST(
    answer_of(*store("app"), &repository_store::find_blob, digest::of("layer of one")).has_value());
  BOOST_TEST(answer_of(*store("myapp"), &repository_store::find_blob, digest::of("layer of one"))
               .has_error());
}

BOOST_FIXTURE_TEST_CASE(a_path_may_end_in_a_slash, import_fixture) {
  list(add_image("one"), "latest");
  transfer::import_layout(*engine, folder().string() + "/");
  BOOST_TEST(find("myapp", "latest").has_value());
}

BOOST_FIXTURE_TEST_CASE(a_manifest_without_a_name_is_found_by_digest, import_fixture) {
  const auto one = add_image("one");
  list(one);
  import();
  BOOST_TEST(
    answer_of(*store("myapp"), &repository_store::find_manifest, digest_of(one)).has_value());
  BOOST_TEST(answer_of(*store("myapp"), &repository_store::list_tags, page_request{100, {}})
               .value()
               .items.empty());
}

BOOST_FIXTURE_TEST_CASE(an_index_is_imported_with_its_children, import_fixture) {
  const auto amd64 = add_image("amd64");
  const auto arm64 = add_image("arm64");
  const auto inner = add_index({arm64});
  const auto cache_blob = add_blob("cached layer", "application/vnd.oci.image.layer.v1.tar");
  list(add_index({amd64, inner, cache_blob}), "app:multi");
  import();
  BOOST_TEST((find("app", "multi").value()->kind() == manifest_kind::index));
  for (const auto& child : {amd64, inner, arm64})
    BOOST_TEST(
      answer_of(*store("app"), &repository_store::find_manifest, digest_of(child)).has_value());
  BOOST_TEST(answer_of(*store("app"), &repository_store::find_blob, digest::of("layer of arm64"))
               .has_value());
  BOOST_TEST(
    answer_of(*store("app"), &repository_store::find_blob, digest::of("cached layer")).has_value());
}

BOOST_FIXTURE_TEST_CASE(referrers_go_where_their_subject_is, import_fixture) {
  const auto image = add_image("image");
  const auto signature = add_image("signature", image);
  const auto attestation = add_image("attestation", signature);
  const auto orphan = add_image("orphan", add_image("not listed"));
  const auto of_orphan = add_image("of orphan", orphan);
  for (const auto& each : {of_orphan, orphan, attestation, signature})
    list(each);
  list(image, "team/app:1.0");
  import();
  const auto referrers = [&](std::string_view repository, const json::object& subject) {
    texts ids;
    for (const auto& each : answer_of(*store(repository), &repository_store::list_referrers,
                                      digest_of(subject), referrers_query{})
                              .value()
                              .items)
      ids.push_back(each.id.to_string());
    return ids;
  };
  const auto only = [](const json::object& entry) { return texts{digest_of(entry).to_string()}; };
  BOOST_TEST((referrers("team/app", image) == only(signature)));
  BOOST_TEST((referrers("team/app", signature) == only(attestation)));
  BOOST_TEST((referrers("myapp", orphan) == only(of_orphan)));
  BOOST_TEST(
    answer_of(*store("team/app"), &repository_store::find_manifest, digest_of(orphan)).has_error());
}

BOOST_FIXTURE_TEST_CASE(a_large_blob_is_imported_completely, import_fixture) {
  std::string layer(3'000'001, '\0');
  for (std::size_t i = 0; i < layer.size(); ++i)
    layer[i] = static_cast<char>(i * 31 >> 7);
  const json::object document{{"schemaVersion", 2},
                              {"mediaType", media_types::oci_manifest},
                              {"config", add_blob("", media_types::oci_config)},
                              {"layers", json::array{add_blob(layer), add_blob(layer)}}};
  list(add_blob(json::serialize(document), media_types::oci_manifest), "big");
  import();
  BOOST_TEST(
    answer_of(*store("myapp"), &repository_store::find_blob, digest::of(layer)).value()->size() ==
    layer.size());
  BOOST_TEST(
    answer_of(*store("myapp"), &repository_store::find_blob, digest::of("")).value()->size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_folder_without_oci_layout_is_not_a_layout, import_fixture) {
  list(add_image("one"), "latest");
  std::filesystem::remove(folder() / "oci-layout");
  BOOST_TEST(fails_with("there is no file oci-layout"));
  write("oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  BOOST_TEST(fails_with("imageLayoutVersion is not 1.0.0"));
}

BOOST_FIXTURE_TEST_CASE(a_broken_index_is_refused, import_fixture) {
  BOOST_TEST(fails_with("there is no file index.json"));
  write("index.json", "[");
  BOOST_TEST(fails_with("index.json is not a JSON object"));
  write("index.json", std::string(10'000, '['));
  BOOST_TEST(fails_with("index.json is not a JSON object"));
  write("index.json", "{}");
  BOOST_TEST(fails_with("there is no list of manifests"));
}

BOOST_FIXTURE_TEST_CASE(a_broken_entry_costs_one_line_and_the_rest_is_imported, import_fixture) {
  list(add_image("good"), "good");
  const auto lost = add_image("lost");
  std::filesystem::remove(folder() / "blobs/sha256" / digest::of("layer of lost").hex());
  list(lost, "lost");
  list(add_image("other"), "not a tag");
  entries.emplace_back(1);
  entries.push_back(json::object{{"digest", "sha256:short"}, {"size", 1}});
  entries.push_back(json::object{{"digest", digest::of("x").to_string()}, {"size", -1}});
  entries.push_back(json::object{{"digest", digest::of("y").to_string()}, {"size", 1}});
  list(add_image("second"), "second");
  const auto report = import();
  BOOST_TEST(has_line(report.left_out, "an entry of manifests is not an object"));
  BOOST_TEST(has_line(report.left_out, "'sha256:short' is not a digest"));
  BOOST_TEST(has_line(report.left_out, digest::of("x").to_string() + " has no size"));
  BOOST_TEST(has_line(report.left_out, "there is no blob " + digest::of("y").to_string()));
  BOOST_TEST(has_line(report.left_out, "'not a tag': "));
  BOOST_TEST(has_line(report.left_out, "myapp:lost: there is no blob "));
  BOOST_TEST(report.left_out.size() == 6U);
  BOOST_TEST(report.tags == 2U);
  BOOST_TEST(find("myapp", "good").has_value());
  BOOST_TEST(find("myapp", "second").has_value());
  BOOST_TEST(find("myapp", "lost").has_error());
  BOOST_TEST(
    answer_of(*store("myapp"), &repository_store::find_manifest, digest_of(lost)).has_error());
}

BOOST_FIXTURE_TEST_CASE(a_missing_blob_is_named, import_fixture) {
  list(add_image("one"), "latest");
  const auto layer = digest::of("layer of one");
  std::filesystem::remove(folder() / "blobs/sha256" / layer.hex());
  BOOST_TEST(leaves_out(*this, "myapp:latest: there is no blob " + layer.to_string()));
  std::filesystem::remove(folder() / "blobs/sha256" / digest_of(entries[0].as_object()).hex());
  BOOST_TEST(
    leaves_out(*this, "there is no blob " + digest_of(entries[0].as_object()).to_string()));
}

BOOST_FIXTURE_TEST_CASE(a_damaged_blob_and_its_image_are_left_out, import_fixture) {
  list(add_image("one"), "latest");
  const auto layer = digest::of("layer of one");
  write("blobs/sha256/" + layer.hex(), "layer of two");
  BOOST_TEST(leaves_out(*this, "blob " + layer.to_string() + " has the digest " +
                                 digest::of("layer of two").to_string()));
  write("blobs/sha256/" + layer.hex(), "shorter");
  BOOST_TEST(leaves_out(*this, "has 7 bytes, not 12"));
}

BOOST_FIXTURE_TEST_CASE(a_damaged_manifest_is_left_out, import_fixture) {
  const auto one = add_image("one");
  list(one, "latest");
  const auto size = one.at("size").to_number<std::size_t>();
  const auto file = "blobs/sha256/" + digest_of(one).hex();
  write(file, "{}");
  BOOST_TEST(leaves_out(*this, "has 2 bytes, not " + std::to_string(size)));
  write(file, std::string(size, ' '));
  BOOST_TEST(leaves_out(*this, "blob " + digest_of(one).to_string() + " is not a manifest"));
  const auto other = add_image("two");
  std::filesystem::copy_file(folder() / "blobs/sha256" / digest_of(other).hex(), folder() / file,
                             std::filesystem::copy_options::overwrite_existing);
  BOOST_TEST(leaves_out(*this, "has the digest " + digest_of(other).to_string()));
}

BOOST_FIXTURE_TEST_CASE(an_image_with_an_unusable_name_is_left_out, import_fixture) {
  for (const auto* name : {"Team/App:1.0", "localhost:5000/app:1", "app:", ":tag", "not a tag"}) {
    BOOST_TEST_CONTEXT(name) {
      entries.clear();
      list(add_image("one"), name);
      BOOST_TEST(leaves_out(*this, "'" + std::string{name} +
                                     "': index.json: it is neither a tag nor repository:tag"));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_folder_with_an_unusable_name_needs_image_names, import_fixture) {
  list(add_image("one"), "latest");
  const auto odd = parent.path() / "My App!";
  std::filesystem::rename(folder(), odd);
  const auto report = transfer::import_layout(*engine, odd);
  BOOST_TEST(report.tags == 0U);
  BOOST_TEST(has_line(report.left_out, "'My App!', the name of the folder, cannot be one"));
}

BOOST_FIXTURE_TEST_CASE(a_layout_that_does_not_fit_is_refused, import_fixture) {
  engine = storage::make_memory_engine({.limit = 1000});
  list(add_image("one"), "latest");
  BOOST_TEST(fails_with("insufficient_storage: "));
}

BOOST_FIXTURE_TEST_CASE(one_image_of_many_is_imported_with_its_referrers, import_fixture) {
  const auto one = add_image("one");
  const auto signature = add_image("signature", one);
  list(one, "1.0");
  list(add_image("two"), "2.0");
  list(signature);
  list(add_image("stranger"));
  const auto report = import({.name = "1.0"});
  BOOST_TEST(report.tags == 1U);
  BOOST_TEST(report.manifests == 2U);
  BOOST_TEST(
    answer_of(*store("myapp"), &repository_store::find_manifest, digest_of(signature)).has_value());
  BOOST_TEST(find("myapp", "2.0").has_error());
  BOOST_TEST(
    answer_of(*store("myapp"), &repository_store::find_manifest, digest_of(add_image("stranger")))
      .has_error());
}

BOOST_FIXTURE_TEST_CASE(an_image_gets_another_name, import_fixture) {
  const auto one = add_image("one");
  list(one);
  list(add_image("signature", one));
  import({.as = name_of("team/app:7")});
  BOOST_TEST(catalog() == texts{"team/app"}, boost::test_tools::per_element());
  BOOST_TEST((find("team/app", "7").value()->id() == digest_of(one)));
  BOOST_TEST(answer_of(*store("team/app"), &repository_store::list_referrers, digest_of(one),
                       referrers_query{})
               .value()
               .items.size() == 1U);
  list(add_image("two"), "two");
  list(add_image("three"), "three");
  BOOST_TEST(fails_with("it holds 2 images; choose one", {.as = name_of("app")}));
  import({.name = "two", .as = name_of("app")});
  BOOST_TEST(find("app", "latest").has_value());
}

BOOST_FIXTURE_TEST_CASE(an_unknown_image_is_reported_with_the_available_ones, import_fixture) {
  list(add_image("one"), "1.0");
  list(add_image("two"), "2.0");
  BOOST_TEST(fails_with("no image named '3.0'; available: 1.0, 2.0", {.name = "3.0"}));
}

BOOST_FIXTURE_TEST_CASE(a_second_import_copies_nothing, import_fixture) {
  list(add_image("one"), "latest");
  const auto first = import();
  BOOST_TEST(first.blobs == 2U);
  BOOST_TEST(first.bytes == 2 + std::string_view{"layer of one"}.size());
  const auto second = import();
  BOOST_TEST(second.blobs == 0U);
  BOOST_TEST(second.tags == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_entry_without_a_type_is_read_by_its_content, import_fixture) {
  auto entry = add_blob(json::serialize(json::object{
    {"schemaVersion", 2}, {"config", add_blob("{}", "a/b")}, {"layers", json::array{}}}));
  entry.erase("mediaType");
  list(entry, "untyped");
  import();
  BOOST_TEST((find("myapp", "untyped").value()->type() == media_types::oci_manifest));
}

BOOST_AUTO_TEST_SUITE_END()
