#include "simulation/content.hpp"

#include <algorithm>
#include <memory>

namespace gantry::simulation {

namespace {

std::string described(const char* type, const blob_content& blob) {
  return R"({"mediaType":"application/vnd.oci.image.)" + std::string{type} + R"(","digest":")" +
         blob.id.to_string() + R"(","size":)" + std::to_string(blob.bytes.size()) + '}';
}

manifest_ptr image(const blob_content& config, const blob_content& layer) {
  auto text =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" +
    described("config.v1+json", config) + R"(,"layers":[)" + described("layer.v1.tar", layer) +
    "]}";
  return std::make_shared<const manifest>(manifest::parse(std::move(text), {}).value());
}

content make_content() {
  content made;
  for (const auto* name : {"a", "b/c"})
    made.repositories.push_back(repository_name::parse(name).value());
  for (const auto* name : {"latest", "v1"})
    made.tags.push_back(tag::parse(name).value());
  for (std::size_t i = 0; i < 5; ++i) {
    std::string bytes(i % 2 == 0 ? 20 + i : 500 + 300 * i, static_cast<char>('a' + i));
    const auto id = digest::of(bytes);
    made.blobs.push_back({id, std::move(bytes)});
  }
  for (std::size_t i = 0; i < 4; ++i)
    made.manifests.push_back(image(made.blobs[i], made.blobs[(i + 1) % made.blobs.size()]));
  return made;
}

} // namespace

const blob_content* content::find(const digest& id) const {
  const auto found = std::ranges::find(blobs, id, &blob_content::id);
  return found == blobs.end() ? nullptr : &*found;
}

const content& all_content() {
  static const auto made = make_content();
  return made;
}

std::vector<digest> blobs_of(const manifest& value) {
  std::vector<digest> named;
  if (value.config())
    named.push_back(value.config()->target);
  for (const auto& layer : value.layers())
    named.push_back(layer.target);
  return named;
}

} // namespace gantry::simulation
