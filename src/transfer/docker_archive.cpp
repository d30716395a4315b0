#include "transfer/docker_archive.hpp"

#include "transfer/archive_reader.hpp"
#include "transfer/content_writer.hpp"
#include "transfer/failure.hpp"
#include "transfer/gzip_writer.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::transfer {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr int max_links = 16;

constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
constexpr std::string_view oci_gzip_layer = "application/vnd.oci.image.layer.v1.tar+gzip";
constexpr std::string_view oci_zstd_layer = "application/vnd.oci.image.layer.v1.tar+zstd";

enum class packing { none, gzip, zstd };

/// By the first bytes (RFC 1952, 2.3.1; RFC 8878, 3.1.1).
packing packing_of(std::span<const std::byte> start) {
  const auto begins_with = [start](std::string_view magic) {
    return start.size() >= magic.size() &&
           std::memcmp(start.data(), magic.data(), magic.size()) == 0;
  };
  if (begins_with("\x1f\x8b"))
    return packing::gzip;
  return begins_with("\x28\xb5\x2f\xfd") ? packing::zstd : packing::none;
}

/// An entry of manifest.json; paths are those of files, not of links.
struct saved_image {
  std::string config;
  std::vector<std::string> layers;
  std::vector<image_name> names;
};

struct saved_layer {
  digest id;
  std::uint64_t size;
  packing packed;
  /// Of the unpacked bytes; nothing where the archive had it packed.
  std::optional<digest> unpacked;
};

class docker_archive_import {
public:
  docker_archive_import(storage_engine& engine, fs::path file, const std::optional<image_name>& as,
                        const progress_callback& progress)
    : writer_{engine, progress}, file_{std::move(file)}, as_{as} {}

  transfer_report run();

private:
  void read_index();
  saved_image parse_image(const json::value& entry) const;
  std::string resolve(std::string path) const;
  void read_content();
  void put_config(const std::string& path, archive_reader& source);
  void put_layer(const std::string& path, archive_reader& source);
  void put_image(const saved_image& image);
  std::string make_manifest(const saved_image& image) const;
  void check_config(const saved_image& image) const;

  content_writer writer_;
  fs::path file_;
  const std::optional<image_name>& as_;
  std::map<std::string, std::string> links_;
  std::vector<saved_image> images_;
  /// Which repositories get the blob of a path.
  std::map<std::string, std::set<repository_name>> homes_;
  std::set<std::string> config_paths_;
  std::map<std::string, std::string> configs_;
  std::map<std::string, saved_layer> layers_;
};

transfer_report docker_archive_import::run() {
  read_index();
  read_content();
  for (const auto& image : images_)
    put_image(image);
  return std::move(writer_.report());
}

void docker_archive_import::read_index() {
  archive_reader source{file_};
  std::optional<std::string> document;
  while (const auto entry = source.next()) {
    if (!entry->target.empty())
      links_[entry->path] = entry->target;
    else if (entry->path == "manifest.json")
      document = source.read_all(max_document);
  }
  if (!document)
    refuse("there is no manifest.json in it: docker save and podman save write one");
  boost::system::error_code ec;
  const auto value = json::parse(*document, ec);
  if (ec || !value.is_array() || value.as_array().empty())
    refuse("manifest.json is no list of images");
  for (const auto& entry : value.as_array())
    images_.push_back(parse_image(entry));
  if (as_ && images_.size() != 1)
    refuse("it holds " + std::to_string(images_.size()) +
           " images, which cannot all have one name: leave the name away");
  for (const auto& image : images_) {
    config_paths_.insert(image.config);
    for (const auto& name : image.names) {
      homes_[image.config].insert(name.repository);
      for (const auto& layer : image.layers)
        homes_[layer].insert(name.repository);
    }
  }
}

saved_image docker_archive_import::parse_image(const json::value& entry) const {
  std::string config;
  std::vector<std::string> layers;
  std::vector<std::string> names;
  try {
    const auto& object = entry.as_object();
    config = json::value_to<std::string>(object.at("Config"));
    layers = json::value_to<std::vector<std::string>>(object.at("Layers"));
    if (const auto* tags = object.if_contains("RepoTags"); tags && !tags->is_null())
      names = json::value_to<std::vector<std::string>>(*tags);
  } catch (const std::exception&) {
    refuse("manifest.json is not of the form that docker save gives it");
  }
  saved_image image{resolve(config), {}, {}};
  for (const auto& layer : layers)
    image.layers.push_back(resolve(layer));
  if (as_) {
    image.names = {*as_};
    return image;
  }
  for (const auto& name : names) {
    auto parsed = image_name::parse_with_host(name);
    if (!parsed)
      refuse("'" + name + "' is no name that a repository can have: give it another one");
    image.names.push_back(std::move(*parsed));
  }
  if (image.names.empty())
    refuse("the image " + image.config + " has no name: give it one");
  return image;
}

std::string docker_archive_import::resolve(std::string path) const {
  path = fs::path{path}.lexically_normal().generic_string();
  for (int i = 0; i < max_links; ++i) {
    const auto link = links_.find(path);
    if (link == links_.end())
      return path;
    path = link->second;
  }
  refuse("the link " + path + " leads nowhere");
}

void docker_archive_import::read_content() {
  archive_reader source{file_};
  writer_.expect(fs::file_size(file_));
  std::uint64_t position = 0;
  while (const auto entry = source.next()) {
    if (entry->target.empty() && homes_.contains(entry->path)) {
      if (config_paths_.contains(entry->path))
        put_config(entry->path, source);
      else
        put_layer(entry->path, source);
    }
    writer_.note(source.position() - std::exchange(position, source.position()));
  }
}

void docker_archive_import::put_config(const std::string& path, archive_reader& source) {
  auto text = source.read_all(max_document);
  for (const auto& repository : homes_[path])
    writer_.put_blob(repository, text);
  configs_[path] = std::move(text);
}

void docker_archive_import::put_layer(const std::string& path, archive_reader& source) {
  auto incoming = writer_.receive();
  auto bytes = source.read();
  const auto packed = packing_of(bytes);
  hasher unpacked{digest_algorithm::sha256};
  gzip_writer pack{[&incoming](auto piece) { incoming.append(piece); }};
  for (; !bytes.empty(); bytes = source.read()) {
    if (packed != packing::none) {
      incoming.append(bytes);
      continue;
    }
    unpacked.update(bytes);
    pack.append(bytes);
  }
  if (packed == packing::none)
    pack.finish();
  const auto& homes = homes_[path];
  saved_layer layer{incoming.id(), incoming.size(),
                    packed == packing::none ? packing::gzip : packed,
                    packed == packing::none ? std::optional{unpacked.peek()} : std::nullopt};
  // Docker names files of packed layers by their digest.
  if (const auto name = fs::path{path}.filename().string();
      packed != packing::none && path.starts_with("blobs/sha256/") && name != layer.id.hex())
    refuse("the layer " + path + " has the digest " + layer.id.to_string());
  writer_.put_blob(*homes.begin(), std::move(incoming));
  for (const auto& repository : homes)
    writer_.link_present(repository, layer.id);
  layers_.emplace(path, std::move(layer));
}

void docker_archive_import::put_image(const saved_image& image) {
  if (!configs_.contains(image.config))
    refuse("the config " + image.config + " is not there");
  for (const auto& layer : image.layers) {
    if (!layers_.contains(layer))
      refuse("the layer " + layer + " is not there");
  }
  check_config(image);
  const auto document = make_manifest(image);
  for (const auto& name : image.names) {
    auto value = manifest::parse(document, {});
    if (!value)
      refuse("the image " + image.config + " has no valid manifest: " + value.error().detail);
    writer_.put_manifest(name.repository, std::move(*value), {name.label});
  }
}

// A layer that came in unpacked must be the one that the config means.
void docker_archive_import::check_config(const saved_image& image) const {
  boost::system::error_code ec;
  const auto config = json::parse(configs_.at(image.config), ec);
  const auto* object = config.if_object();
  const auto* rootfs = object ? object->if_contains("rootfs") : nullptr;
  const auto* ids =
    rootfs && rootfs->is_object() ? rootfs->as_object().if_contains("diff_ids") : nullptr;
  if (!ids || !ids->is_array() || ids->as_array().size() != image.layers.size())
    refuse("the config " + image.config + " does not list the image's layers");
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const auto& layer = layers_.at(image.layers[i]);
    const auto* id = ids->as_array()[i].if_string();
    if (layer.unpacked && (!id || std::string_view{*id} != layer.unpacked->to_string()))
      refuse("the layer " + image.layers[i] + " has the digest " + layer.unpacked->to_string() +
             ", not the one that its config lists");
  }
}

std::string docker_archive_import::make_manifest(const saved_image& image) const {
  const auto is_oci = std::ranges::any_of(
    image.layers, [this](const auto& path) { return layers_.at(path).packed == packing::zstd; });
  const auto type_of = [is_oci](packing packed) {
    if (packed == packing::zstd)
      return oci_zstd_layer;
    return is_oci ? oci_gzip_layer : docker_layer;
  };
  const auto describe = [](std::string_view type, std::uint64_t size, const digest& id) {
    return json::object{{"mediaType", type}, {"size", size}, {"digest", id.to_string()}};
  };
  const auto& config = configs_.at(image.config);
  json::array layers;
  for (const auto& path : image.layers) {
    const auto& layer = layers_.at(path);
    layers.push_back(describe(type_of(layer.packed), layer.size, layer.id));
  }
  return json::serialize(
    json::object{{"schemaVersion", 2},
                 {"mediaType", is_oci ? media_types::oci_manifest : media_types::docker_manifest},
                 {"config", describe(is_oci ? media_types::oci_config : docker_config,
                                     config.size(), digest::of(config))},
                 {"layers", std::move(layers)}});
}

} // namespace

transfer_report import_docker_archive(storage_engine& engine, const fs::path& file,
                                      const std::optional<image_name>& as,
                                      const progress_callback& progress) {
  return naming("docker archive", file, [&] {
    return docker_archive_import{engine, file, as, progress}.run();
  });
}

} // namespace gantry::transfer
