#include "embed/image_manifest.hpp"

#include "domain/media_type.hpp"

#include <boost/json.hpp>

#include <cstddef>

namespace gantry::embed {

namespace json = boost::json;

namespace {

json::object describe(const std::string& type, const digest& id, std::size_t size) {
  return {{"mediaType", type}, {"digest", id.to_string()}, {"size", size}};
}

/// A config whose layers are not compressed (image-spec, config.md).
std::string make_config(const std::vector<digest>& layers) {
  json::array contents;
  for (const auto& id : layers)
    contents.emplace_back(id.to_string());
  return json::serialize(
    json::object{{"architecture", "amd64"},
                 {"os", "linux"},
                 {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(contents)}}}});
}

std::string make_manifest(const image& of, const std::string& config,
                          const std::vector<digest>& layers) {
  json::array described;
  for (std::size_t i = 0; i < layers.size(); ++i)
    described.push_back(describe(of.layer_type, layers[i], of.layers[i].size()));
  json::object manifest{{"schemaVersion", 2},
                        {"mediaType", media_types::oci_manifest},
                        {"config", describe(of.config_type, digest::of(config), config.size())},
                        {"layers", std::move(described)}};
  json::object annotations;
  for (const auto& [name, value] : of.annotations)
    annotations[name] = value;
  if (!annotations.empty())
    manifest["annotations"] = std::move(annotations);
  return json::serialize(manifest);
}

} // namespace

image_texts render(const image& of, const std::vector<digest>& layers) {
  image_texts texts;
  texts.config = of.config.empty() ? make_config(layers) : of.config;
  texts.manifest = make_manifest(of, texts.config, layers);
  return texts;
}

} // namespace gantry::embed
