#include "transfer/docker_archive.hpp"

#include "domain/strict_json.hpp"
#include "transfer/archive_reader.hpp"
#include "transfer/content_writer.hpp"
#include "transfer/failure.hpp"
#include "transfer/gzip_writer.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
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

/// The longest chain of links.
constexpr int max_steps = 16;
/// The most remembered entries of an archive, and the most layers times names of its images.
constexpr std::size_t max_links = 100'000;
constexpr std::size_t max_uses = 1'000'000;
/// Limits the configs, which stay in memory until the end of the archive.
constexpr std::size_t max_config_bytes = 256 * 1024 * 1024;

/// JSON nesting; docker save writes less.
constexpr std::size_t archive_depth = 64;
/// The members to parse of manifest.json and configs; others take no memory.
constexpr std::array<std::string_view, 5> archive_members{"Config", "RepoTags", "Layers", "rootfs",
                                                          "diff_ids"};

constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
constexpr std::string_view oci_gzip_layer = "application/vnd.oci.image.layer.v1.tar+gzip";
constexpr std::string_view oci_zstd_layer = "application/vnd.oci.image.layer.v1.tar+zstd";

enum class packing { none, gzip, zstd };

/// Detects the compression from the first bytes (RFC 1952, 2.3.1; RFC 8878, 3.1.1).
packing packing_of(std::span<const std::byte> start) {
  const auto begins_with = [start](std::string_view magic) {
    return start.size() >= magic.size() &&
           std::memcmp(start.data(), magic.data(), magic.size()) == 0;
  };
  if (begins_with("\x1f\x8b"))
    return packing::gzip;
  return begins_with("\x28\xb5\x2f\xfd") ? packing::zstd : packing::none;
}

/// An entry of manifest.json; its paths are those of files, not of links.
struct saved_image {
  std::string config;
  std::vector<std::string> layers;
  std::vector<image_name> names;
};

struct saved_layer {
  digest id;
  std::uint64_t size;
  packing packed;
  /// The digest of the uncompressed bytes; empty if the archive holds them compressed.
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
  std::string read_links();
  void add_image(const json::value& entry);
  void put(const std::string& path, bool is_sparse, archive_reader& source);
  saved_image parse_image(const json::value& entry) const;
  std::string resolve(std::string path) const;
  void read_content();
  void put_config(const std::string& path, archive_reader& source);
  void put_layer(const std::string& path, archive_reader& source);
  void put_image(const saved_image& image);
  void check_parts(const saved_image& image) const;
  std::string make_manifest(const saved_image& image) const;
  void check_config(const saved_image& image) const;

  content_writer writer_;
  fs::path file_;
  const std::optional<image_name>& as_;
  std::map<std::string, std::string> links_;
  std::vector<saved_image> images_;
  /// The sum over all images of layers and configs times names.
  std::size_t uses_ = 0;
  std::size_t config_bytes_ = 0;
  /// The repositories that need the blob of each path.
  std::map<std::string, std::set<repository_name>> homes_;
  std::set<std::string> config_paths_;
  std::map<std::string, std::string> configs_;
  std::map<std::string, saved_layer> layers_;
  /// The paths of broken entries, with the reason.
  std::map<std::string, std::string> broken_;
};

transfer_report docker_archive_import::run() {
  read_index();
  read_content();
  for (const auto& image : images_) {
    try {
      put_image(image);
    } catch (const broken_entry& reason) {
      writer_.report().leave_out(image.names.front().to_string() + ": " + reason.what());
    }
  }
  return std::move(writer_.report());
}

void docker_archive_import::read_index() {
  const auto value = parse_json(read_links(), archive_depth, archive_members);
  if (!value || !value->is_array() || value->as_array().empty())
    refuse("manifest.json is not a list of images");
  const auto& entries = value->as_array();
  if (as_ && entries.size() != 1)
    refuse("it holds " + std::to_string(entries.size()) +
           " images, which cannot all have one name: omit the name");
  for (const auto& entry : entries) {
    try {
      add_image(entry);
    } catch (const broken_entry& reason) {
      writer_.report().leave_out(reason.what());
    }
  }
}

std::string docker_archive_import::read_links() {
  archive_reader source{file_};
  std::optional<std::string> document;
  while (const auto entry = source.next()) {
    if (!entry->target.empty())
      links_[entry->path] = entry->target;
    else if (entry->path == "manifest.json")
      document = source.read_all(max_document);
    if (links_.size() > max_links)
      refuse("it holds more than " + std::to_string(max_links) + " links");
  }
  if (!document)
    refuse("there is no manifest.json in it: docker save and podman save write one");
  return std::move(*document);
}

void docker_archive_import::add_image(const json::value& entry) {
  auto image = parse_image(entry);
  uses_ += (image.layers.size() + 1) * image.names.size();
  if (uses_ > max_uses)
    leave_out(image.names.front().to_string() + ": the archive has too many layers and names");
  config_paths_.insert(image.config);
  for (const auto& name : image.names) {
    homes_[image.config].insert(name.repository);
    for (const auto& layer : image.layers)
      homes_[layer].insert(name.repository);
  }
  images_.push_back(std::move(image));
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
    leave_out("manifest.json is not of the form that docker save gives it");
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
      leave_out("'" + name + "' is not a name that a repository can have: give it another one");
    image.names.push_back(std::move(*parsed));
  }
  if (image.names.empty())
    leave_out("the image " + image.config + " has no name: give it one");
  return image;
}

std::string docker_archive_import::resolve(std::string path) const {
  path = fs::path{path}.lexically_normal().generic_string();
  for (int i = 0; i < max_steps; ++i) {
    const auto link = links_.find(path);
    if (link == links_.end())
      return path;
    path = link->second;
  }
  leave_out("the link " + path + " leads nowhere");
}

void docker_archive_import::read_content() {
  archive_reader source{file_};
  writer_.expect(fs::file_size(file_));
  std::uint64_t position = 0;
  while (const auto entry = source.next()) {
    if (entry->target.empty() && homes_.contains(entry->path)) {
      try {
        put(entry->path, entry->is_sparse, source);
      } catch (const broken_entry& reason) {
        broken_.emplace(entry->path, reason.what());
      }
    }
    writer_.note(source.position() - std::exchange(position, source.position()));
  }
}

// If a path occurs several times, the first entry counts.
void docker_archive_import::put(const std::string& path, bool is_sparse, archive_reader& source) {
  if (configs_.contains(path) || layers_.contains(path) || broken_.contains(path))
    return;
  // A few bytes could expand to any number of zeros.
  if (is_sparse)
    leave_out("it is a sparse file, which docker save does not write");
  if (config_paths_.contains(path))
    put_config(path, source);
  else
    put_layer(path, source);
}

void docker_archive_import::put_config(const std::string& path, archive_reader& source) {
  auto text = source.read_all(max_document);
  config_bytes_ += text.size();
  if (config_bytes_ > max_config_bytes)
    leave_out("the archive has more than " + std::to_string(max_config_bytes) +
              " bytes of configs");
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
  // Docker names compressed layer files by their digest.
  if (const auto name = fs::path{path}.filename().string();
      packed != packing::none && path.starts_with("blobs/sha256/") && name != layer.id.hex())
    leave_out("it has the digest " + layer.id.to_string());
  writer_.put_blob(*homes.begin(), std::move(incoming));
  for (const auto& repository : homes)
    writer_.link_present(repository, layer.id);
  layers_.emplace(path, std::move(layer));
}

void docker_archive_import::put_image(const saved_image& image) {
  check_parts(image);
  check_config(image);
  const auto document = make_manifest(image);
  if (document.size() > max_document)
    leave_out("its manifest would have more than " + std::to_string(max_document) + " bytes");
  for (const auto& name : image.names) {
    auto value = manifest::parse(document, {});
    if (!value)
      leave_out("the image " + image.config + " has no valid manifest: " + value.error().detail);
    writer_.put_manifest(name.repository, std::move(*value), {name.label});
  }
}

void docker_archive_import::check_parts(const saved_image& image) const {
  const auto check = [this](const std::string& what, const std::string& path, bool is_there) {
    if (const auto reason = broken_.find(path); reason != broken_.end())
      leave_out("the " + what + ' ' + path + ": " + reason->second);
    if (!is_there)
      leave_out("the " + what + ' ' + path + " is not there");
  };
  check("config", image.config, configs_.contains(image.config));
  for (const auto& layer : image.layers)
    check("layer", layer, layers_.contains(layer));
}

// Layers that the archive holds uncompressed must be the ones that the config lists.
void docker_archive_import::check_config(const saved_image& image) const {
  const auto config = parse_object(configs_.at(image.config), archive_depth, archive_members);
  const auto* object = config ? &*config : nullptr;
  const auto* rootfs = object ? object->if_contains("rootfs") : nullptr;
  const auto* ids =
    rootfs && rootfs->is_object() ? rootfs->as_object().if_contains("diff_ids") : nullptr;
  if (!ids || !ids->is_array() || ids->as_array().size() != image.layers.size())
    leave_out("the config " + image.config + " does not list the image's layers");
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const auto& layer = layers_.at(image.layers[i]);
    const auto* id = ids->as_array()[i].if_string();
    if (layer.unpacked && (!id || std::string_view{*id} != layer.unpacked->to_string()))
      leave_out("the layer " + image.layers[i] + " has the digest " + layer.unpacked->to_string() +
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
