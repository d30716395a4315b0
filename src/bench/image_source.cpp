#include "bench/image_source.hpp"

#include "base/text.hpp"
#include "bench/seeded_random.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <utility>

namespace gantry::bench {

namespace {

constexpr std::uint64_t max_block = 1024 * 1024;
/// The number of the base image, which no load reaches.
constexpr std::uint64_t base_number = std::numeric_limits<std::uint64_t>::max();
/// The random number of an image that says whether its first layer is mounted.
constexpr std::uint64_t first_mount_choice = 2'000'000;

std::string make_block(std::uint64_t size, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::string block(static_cast<std::size_t>(size), '\0');
  for (std::size_t at = 0; at < block.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t value = random();
    std::memcpy(block.data() + at, &value, std::min(sizeof value, block.size() - at));
  }
  return block;
}

std::string make_tail(std::uint64_t seed, std::uint64_t number, std::uint32_t layer) {
  std::array<char, image_source::least_layer_size + 1> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64 " %016" PRIx64 " %013" PRIx32 "\n", seed,
                number, layer);
  return text.data();
}

std::string hex(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64, value);
  return text.data();
}

void append_descriptor(std::string& json, std::string_view media_type, const image_blob& blob) {
  json.append(R"({"mediaType":")").append(media_type);
  json.append(R"(","digest":")").append(blob.digest);
  json.append(R"(","size":)").append(std::to_string(blob.size)).append("}");
}

image_blob make_config(const image_settings& settings, std::uint64_t number,
                       const std::vector<image_blob>& layers) {
  image_blob config;
  config.text = R"({"architecture":"amd64","os":"linux","author":"gantry bench )";
  config.text.append(hex(settings.seed)).append("-").append(hex(number));
  config.text.append(R"(","config":{"Cmd":["/bin/true"]},"rootfs":{"type":"layers","diff_ids":[)");
  for (std::size_t i = 0; i < layers.size(); ++i)
    config.text.append(i == 0 ? "\"" : ",\"").append(layers[i].digest).append("\"");
  config.text.append("]}}");
  config.size = config.text.size();
  config.digest = digest::of(config.text).to_string();
  return config;
}

std::string make_manifest(const image& parts) {
  std::string json = R"({"schemaVersion":2,"mediaType":")";
  json.append(media_types::manifest).append(R"(","config":)");
  append_descriptor(json, media_types::config, parts.config);
  json.append(R"(,"layers":[)");
  for (std::size_t i = 0; i < parts.layers.size(); ++i) {
    json.append(i == 0 ? "" : ",");
    append_descriptor(json, media_types::layer, parts.layers[i]);
  }
  return json.append("]}");
}

} // namespace

image_source::image_source(image_settings settings) : settings_{std::move(settings)} {
  const auto sizes = settings_.layer_size.all();
  block_ = make_block(std::min(sizes.back() - least_layer_size, max_block), settings_.seed);
  hasher hash{digest_algorithm::sha256};
  std::uint64_t hashed = 0;
  for (const auto size : sizes) {
    while (hashed < size - least_layer_size) {
      const auto offset = hashed % block_.size();
      const auto part = std::min(size - least_layer_size - hashed, block_.size() - offset);
      hash.update(std::as_bytes(std::span{block_}).subspan(offset, part));
      hashed += part;
    }
    hashed_begins_.emplace(size, hash.save());
  }
  if (settings_.mount_share > 0) {
    // None of its layers are mounted, because `base_` is still empty.
    auto made = make(base_number);
    made.repository = repository_named(settings_.seed, "base");
    made.tag = "base";
    base_ = std::move(made);
  }
}

image image_source::make(std::uint64_t number) const {
  image made;
  made.repository = repository_of(settings_, number);
  made.tag = tag_of(number);
  made.layers.reserve(settings_.layers);
  for (std::uint32_t layer = 0; layer < settings_.layers; ++layer) {
    const bool is_mounted =
      base_ && seeded_random(settings_.seed, number, first_mount_choice + layer) % 100 <
                 settings_.mount_share;
    made.layers.push_back(is_mounted ? base_->layers[layer] : make_layer(number, layer));
    if (is_mounted)
      made.layers.back().mounted_from = base_->repository;
  }
  made.config = make_config(settings_, number, made.layers);
  made.manifest = make_manifest(made);
  made.manifest_digest = digest::of(made.manifest).to_string();
  return made;
}

image_blob image_source::make_layer(std::uint64_t number, std::uint32_t layer) const {
  image_blob blob;
  blob.size = settings_.layer_size.of(settings_.seed, number, layer);
  blob.block = block_;
  blob.text = make_tail(settings_.seed, number, layer);
  auto hash = hasher::restore(hashed_begins_.at(blob.size)).value();
  hash.update(std::as_bytes(std::span{blob.text}));
  blob.digest = hash.peek().to_string();
  return blob;
}

std::string repository_named(std::uint64_t seed, const std::string& suffix) {
  return "bench/" + hex(seed) + "-" + suffix;
}

std::string repository_of(const image_settings& settings, std::uint64_t number) {
  return repository_named(settings.seed, std::to_string(number % settings.repositories));
}

std::string tag_of(std::uint64_t number) {
  return concat("v", std::to_string(number));
}

} // namespace gantry::bench
