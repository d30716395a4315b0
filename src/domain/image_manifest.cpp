#include "domain/image_manifest.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace gantry {

namespace json = boost::json;

namespace {

json::object describe(const descriptor& content) {
  return {{"mediaType", content.media_type},
          {"digest", content.target.to_string()},
          {"size", content.size}};
}

/// A config whose layers are not compressed (image-spec, config.md).
std::string make_config(const std::vector<descriptor>& layers) {
  json::array contents;
  for (const auto& layer : layers)
    contents.emplace_back(layer.target.to_string());
  return json::serialize(
    json::object{{"architecture", "amd64"},
                 {"os", "linux"},
                 {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(contents)}}}});
}

std::string make_manifest(const new_image& parts, const std::string& config) {
  json::array layers;
  for (const auto& layer : parts.layers)
    layers.push_back(describe(layer));
  json::object manifest{
    {"schemaVersion", 2},
    {"mediaType", media_types::oci_manifest},
    {"config", describe({parts.config_type, digest::of(config), config.size()})},
    {"layers", std::move(layers)}};
  json::object annotations;
  for (const auto& [name, value] : parts.annotations)
    annotations[name] = value;
  if (!annotations.empty())
    manifest["annotations"] = std::move(annotations);
  return json::serialize(manifest);
}

} // namespace

image_texts render_image(const new_image& parts) {
  image_texts texts;
  texts.config = parts.config.empty() ? make_config(parts.layers) : parts.config;
  texts.manifest = make_manifest(parts, texts.config);
  return texts;
}

} // namespace gantry
