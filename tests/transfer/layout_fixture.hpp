// An engine, and a folder with an OCI image layout.
#pragma once

#include "domain/manifest.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/api/engine.hpp"
#include "storage/memory/engine.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::test {

using texts = std::vector<std::string>;

/// An empty engine.
struct engine_fixture {
  std::unique_ptr<storage_engine> engine = storage::make_memory_engine();

  std::shared_ptr<repository_store> store(std::string_view name) {
    return engine->metadata().open(repository_name::parse(name).value());
  }
  result<manifest_ptr> find(std::string_view repository, std::string_view tag_text) {
    return answer_of(*store(repository), &repository_store::find_manifest,
                     tag::parse(tag_text).value());
  }
  texts catalog() {
    texts names;
    for (const auto& each :
         answer_of(engine->metadata(), &metadata_engine::list_repositories, page_request{100, {}})
           .value()
           .items)
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

  boost::json::object add_blob(std::string_view content,
                               std::string_view type = "application/octet-stream") const {
    const auto id = digest::of(content);
    write("blobs/sha256/" + id.hex(), content);
    return {{"mediaType", type}, {"digest", id.to_string()}, {"size", content.size()}};
  }

  boost::json::object add_image(std::string_view note,
                                const std::optional<boost::json::object>& subject = {}) {
    boost::json::object document{
      {"schemaVersion", 2},
      {"mediaType", media_types::oci_manifest},
      {"config", add_blob("{}", media_types::oci_config)},
      {"layers", boost::json::array{add_blob("layer of " + std::string{note})}},
    };
    if (subject)
      document["subject"] = *subject;
    return add_blob(boost::json::serialize(document), media_types::oci_manifest);
  }

  boost::json::object add_index(boost::json::array children) const {
    return add_blob(
      boost::json::serialize(boost::json::object{{"schemaVersion", 2},
                                                 {"mediaType", media_types::oci_index},
                                                 {"manifests", std::move(children)}}),
      media_types::oci_index);
  }

  /// Adds an entry to index.json.
  void list(boost::json::object entry, std::string_view name = {}) {
    if (!name.empty())
      entry["annotations"] = boost::json::object{{"org.opencontainers.image.ref.name", name}};
    entries.push_back(std::move(entry));
    write("index.json", boost::json::serialize(
                          boost::json::object{{"schemaVersion", 2}, {"manifests", entries}}));
  }

  temp_dir parent;
  boost::json::array entries;
};

/// Whether one of the lines contains the text.
inline bool has_line(const texts& lines, std::string_view text) {
  for (const auto& line : lines)
    BOOST_TEST_MESSAGE(line);
  return std::ranges::any_of(
    lines, [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

inline digest digest_of(const boost::json::object& entry) {
  return digest::parse(std::string_view{entry.at("digest").as_string()}).value();
}

} // namespace gantry::test
