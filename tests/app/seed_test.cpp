// What a registry is filled with at its start.
#include "app/seed.hpp"

#include "domain/manifest.hpp"
#include "storage/memory/engine.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(seed)

using namespace gantry;
namespace json = boost::json;
using gantry::test::temp_dir;
using texts = std::vector<std::string>;

namespace {

/// An empty engine.
struct engine_fixture {
  std::unique_ptr<storage_engine> engine = storage::make_memory_engine();

  std::shared_ptr<repository_store> store(std::string_view name) {
    return engine->metadata().open(repository_name::parse(name).value());
  }
  result<manifest_ptr> find(std::string_view repository, std::string_view tag_text) {
    return store(repository)->find_manifest(tag::parse(tag_text).value());
  }
  texts catalog() {
    texts names;
    for (const auto& each : engine->metadata().list_repositories({100, {}}).items)
      names.push_back(each.to_string());
    return names;
  }
};

/// A folder `MyApp` that holds an image layout.
struct layout_fixture : engine_fixture {
  layout_fixture() { write("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"); }

  std::filesystem::path folder() const { return parent.path() / "MyApp"; }

  void write(const std::string& name, std::string_view content) const {
    parent.write(std::filesystem::path{"MyApp"} / name, content);
  }

  json::object add_blob(std::string_view content,
                        std::string_view type = "application/octet-stream") const {
    const auto id = digest::of(content);
    write("blobs/sha256/" + id.hex(), content);
    return {{"mediaType", type}, {"digest", id.to_string()}, {"size", content.size()}};
  }

  json::object add_image(std::string_view note, const std::optional<json::object>& subject = {}) {
    json::object document{
      {"schemaVersion", 2},
      {"mediaType", media_types::oci_manifest},
      {"config", add_blob("{}", media_types::oci_config)},
      {"layers", json::array{add_blob("layer of " + std::string{note})}},
    };
    if (subject)
      document["subject"] = *subject;
    return add_blob(json::serialize(document), media_types::oci_manifest);
  }

  json::object add_index(json::array children) const {
    return add_blob(json::serialize(json::object{{"schemaVersion", 2},
                                                 {"mediaType", media_types::oci_index},
                                                 {"manifests", std::move(children)}}),
                    media_types::oci_index);
  }

  /// Adds an entry to index.json.
  void list(json::object entry, std::string_view name = {}) {
    if (!name.empty())
      entry["annotations"] = json::object{{"org.opencontainers.image.ref.name", name}};
    entries.push_back(std::move(entry));
    write("index.json",
          json::serialize(json::object{{"schemaVersion", 2}, {"manifests", entries}}));
  }

  void seed() { app::seed(*engine, folder().string()); }

  /// Whether seeding fails with a text that names the folder and holds `reason`.
  bool fails_with(const std::string& reason) {
    try {
      seed();
    } catch (const std::runtime_error& failure) {
      const std::string_view text{failure.what()};
      BOOST_TEST_MESSAGE(text);
      return text.starts_with("image layout " + folder().string() + ": ") &&
             text.find(reason) != text.npos;
    }
    return false;
  }

  temp_dir parent;
  json::array entries;
};

digest digest_of(const json::object& entry) {
  return digest::parse(std::string_view{entry.at("digest").as_string()}).value();
}

} // namespace

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

BOOST_FIXTURE_TEST_CASE(a_folder_that_is_not_there_is_refused, engine_fixture) {
  BOOST_CHECK_EXCEPTION(
    app::seed(*engine, "/does/not/exist"), std::invalid_argument, [](const auto& failure) {
      return std::string_view{failure.what()} ==
             "the seed must be 'true', 'false' or the folder of an OCI image layout: "
             "'/does/not/exist' is no folder";
    });
}

BOOST_FIXTURE_TEST_CASE(names_say_repository_and_tag, layout_fixture) {
  const auto one = add_image("one");
  const auto two = add_image("two");
  list(one, "team/app:1.0");
  list(one, "app:latest");
  list(two, "stable");
  seed();
  BOOST_TEST(catalog() == (texts{"app", "myapp", "team/app"}), boost::test_tools::per_element());
  BOOST_TEST((find("team/app", "1.0").value()->id() == digest_of(one)));
  BOOST_TEST((find("app", "latest").value()->id() == digest_of(one)));
  BOOST_TEST((find("myapp", "stable").value()->id() == digest_of(two)));
  BOOST_TEST(store("app")->find_blob(digest::of("layer of one")).has_value());
  BOOST_TEST(store("myapp")->find_blob(digest::of("layer of one")).has_error());
}

BOOST_FIXTURE_TEST_CASE(a_path_may_end_in_a_slash, layout_fixture) {
  list(add_image("one"), "latest");
  app::seed(*engine, folder().string() + "/");
  BOOST_TEST(find("myapp", "latest").has_value());
}

BOOST_FIXTURE_TEST_CASE(a_manifest_without_a_name_is_there_by_digest, layout_fixture) {
  const auto one = add_image("one");
  list(one);
  seed();
  BOOST_TEST(store("myapp")->find_manifest(digest_of(one)).has_value());
  BOOST_TEST(store("myapp")->list_tags({100, {}}).items.empty());
}

BOOST_FIXTURE_TEST_CASE(an_index_brings_its_children_along, layout_fixture) {
  const auto amd64 = add_image("amd64");
  const auto arm64 = add_image("arm64");
  const auto inner = add_index({arm64});
  const auto cache_blob = add_blob("cached layer", "application/vnd.oci.image.layer.v1.tar");
  list(add_index({amd64, inner, cache_blob}), "app:multi");
  seed();
  BOOST_TEST((find("app", "multi").value()->kind() == manifest_kind::index));
  for (const auto& child : {amd64, inner, arm64})
    BOOST_TEST(store("app")->find_manifest(digest_of(child)).has_value());
  BOOST_TEST(store("app")->find_blob(digest::of("layer of arm64")).has_value());
  BOOST_TEST(store("app")->find_blob(digest::of("cached layer")).has_value());
}

BOOST_FIXTURE_TEST_CASE(referrers_go_where_their_subject_is, layout_fixture) {
  const auto image = add_image("image");
  const auto signature = add_image("signature", image);
  const auto attestation = add_image("attestation", signature);
  const auto orphan = add_image("orphan", add_image("not listed"));
  const auto of_orphan = add_image("of orphan", orphan);
  for (const auto& each : {of_orphan, orphan, attestation, signature})
    list(each);
  list(image, "team/app:1.0");
  seed();
  const auto referrers = [&](std::string_view repository, const json::object& subject) {
    texts ids;
    for (const auto& each : store(repository)->list_referrers(digest_of(subject), {}).items)
      ids.push_back(each.id.to_string());
    return ids;
  };
  const auto only = [](const json::object& entry) { return texts{digest_of(entry).to_string()}; };
  BOOST_TEST((referrers("team/app", image) == only(signature)));
  BOOST_TEST((referrers("team/app", signature) == only(attestation)));
  BOOST_TEST((referrers("myapp", orphan) == only(of_orphan)));
  BOOST_TEST(store("team/app")->find_manifest(digest_of(orphan)).has_error());
}

BOOST_FIXTURE_TEST_CASE(a_large_blob_arrives_whole, layout_fixture) {
  std::string layer(3'000'001, '\0');
  for (std::size_t i = 0; i < layer.size(); ++i)
    layer[i] = static_cast<char>(i * 31 >> 7);
  const json::object document{{"schemaVersion", 2},
                              {"mediaType", media_types::oci_manifest},
                              {"config", add_blob("", media_types::oci_config)},
                              {"layers", json::array{add_blob(layer), add_blob(layer)}}};
  list(add_blob(json::serialize(document), media_types::oci_manifest), "big");
  seed();
  BOOST_TEST(store("myapp")->find_blob(digest::of(layer)).value()->size() == layer.size());
  BOOST_TEST(store("myapp")->find_blob(digest::of("")).value()->size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_folder_without_oci_layout_is_no_layout, layout_fixture) {
  list(add_image("one"), "latest");
  std::filesystem::remove(folder() / "oci-layout");
  BOOST_TEST(fails_with("there is no file oci-layout"));
  write("oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  BOOST_TEST(fails_with("imageLayoutVersion is not 1.0.0"));
}

BOOST_FIXTURE_TEST_CASE(a_broken_index_is_refused, layout_fixture) {
  BOOST_TEST(fails_with("there is no file index.json"));
  write("index.json", "[");
  BOOST_TEST(fails_with("index.json is no JSON object"));
  write("index.json", "{}");
  BOOST_TEST(fails_with("there is no list of manifests"));
  write("index.json", R"({"manifests":[1]})");
  BOOST_TEST(fails_with("an entry of manifests is no object"));
  write("index.json", R"({"manifests":[{"digest":"sha256:short","size":1}]})");
  BOOST_TEST(fails_with("'sha256:short' is no digest"));
  write("index.json",
        R"({"manifests":[{"digest":")" + digest::of("x").to_string() + R"(","size":-1}]})");
  BOOST_TEST(fails_with("has no size"));
}

BOOST_FIXTURE_TEST_CASE(a_missing_blob_is_named, layout_fixture) {
  list(add_image("one"), "latest");
  const auto layer = digest::of("layer of one");
  std::filesystem::remove(folder() / "blobs/sha256" / layer.hex());
  BOOST_TEST(fails_with("there is no blob " + layer.to_string()));
  std::filesystem::remove(folder() / "blobs/sha256" / digest_of(entries[0].as_object()).hex());
  BOOST_TEST(fails_with("there is no blob " + digest_of(entries[0].as_object()).to_string()));
}

BOOST_FIXTURE_TEST_CASE(a_blob_with_other_bytes_is_refused, layout_fixture) {
  list(add_image("one"), "latest");
  const auto layer = digest::of("layer of one");
  write("blobs/sha256/" + layer.hex(), "layer of two");
  BOOST_TEST(fails_with("blob " + layer.to_string() + " has the digest " +
                        digest::of("layer of two").to_string()));
  write("blobs/sha256/" + layer.hex(), "shorter");
  BOOST_TEST(fails_with("has 7 bytes, not 12"));
}

BOOST_FIXTURE_TEST_CASE(a_manifest_with_other_bytes_is_refused, layout_fixture) {
  const auto one = add_image("one");
  list(one, "latest");
  const auto file = "blobs/sha256/" + digest_of(one).hex();
  write(file, R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json"})");
  BOOST_TEST(fails_with("blob " + digest_of(one).to_string() + " is no manifest"));
  const auto other = add_image("other");
  std::filesystem::copy_file(folder() / "blobs/sha256" / digest_of(other).hex(), folder() / file,
                             std::filesystem::copy_options::overwrite_existing);
  BOOST_TEST(fails_with("has the digest " + digest_of(other).to_string()));
}

BOOST_FIXTURE_TEST_CASE(names_that_say_nothing_are_refused, layout_fixture) {
  for (const auto* name : {"Team/App:1.0", "localhost:5000/app:1", "app:", ":tag", "not a tag"}) {
    BOOST_TEST_CONTEXT(name) {
      entries.clear();
      list(add_image("one"), name);
      BOOST_TEST(fails_with("index.json: '" + std::string{name} + "'"));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_folder_whose_name_is_no_repository_needs_names, layout_fixture) {
  list(add_image("one"), "latest");
  const auto odd = parent.path() / "My App!";
  std::filesystem::rename(folder(), odd);
  BOOST_CHECK_EXCEPTION(app::seed(*engine, odd.string()), std::runtime_error,
                        [](const auto& failure) {
                          return std::string_view{failure.what()}.find("'My App!', the name of the "
                                                                       "folder, cannot be one") !=
                                 std::string_view::npos;
                        });
}

BOOST_FIXTURE_TEST_CASE(a_layout_that_does_not_fit_is_refused, layout_fixture) {
  engine = storage::make_memory_engine({.limit = 1000});
  list(add_image("one"), "latest");
  BOOST_TEST(fails_with("insufficient_storage: "));
}

BOOST_AUTO_TEST_SUITE_END()
