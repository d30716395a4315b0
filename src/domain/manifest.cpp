// Reads manifests: JSON once, then only what a registry must understand.
#include "domain/manifest.hpp"

#include "domain/strict_json.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <unordered_set>
#include <utility>

namespace gantry {

namespace json = boost::json;

namespace {

error invalid(std::string_view why) {
  return fail(errc::manifest_invalid, why);
}

error prefixed(std::string_view where, const error& failure) {
  return fail(failure.code, std::string{where} + ": " + failure.detail);
}

error schema1_refused() {
  return invalid("image manifest schema 1 is not supported; push the image again with a client "
                 "that writes schema 2 or OCI manifests (docker 1.10 or newer)");
}

bool is_schema1(const media_type& type) noexcept {
  return type == media_types::docker_schema1 || type == media_types::docker_schema1_signed;
}

/// A type that is neither an image manifest nor an index by name; its shape says what it is.
bool is_read_by_shape(const media_type& type) noexcept {
  return !is_image_manifest(type) && !is_index(type);
}

bool may_be_manifest(const media_type& type) noexcept {
  const std::string& text = type.to_string();
  return text.starts_with("application/vnd.") && text.ends_with("+json");
}

result<std::uint64_t> read_size(const json::object& object) {
  // image-spec has it as an int64.
  const json::value* const value = find_member(object, "size");
  const auto* const number = value == nullptr ? nullptr : value->if_int64();
  if (number == nullptr || *number < 0)
    return invalid("size must be a non-negative integer");
  return static_cast<std::uint64_t>(*number);
}

result<descriptor> read_descriptor(const json::value& value) {
  const auto* const object = value.if_object();
  if (object == nullptr)
    return invalid("must be an object");
  auto type = read_string(*object, "mediaType");
  if (!type)
    return std::move(type).error();
  if (type->empty())
    return invalid("mediaType is missing");
  const auto text = read_string(*object, "digest");
  if (!text)
    return text.error();
  const auto target = digest::parse(*text);
  if (!target)
    return invalid(text->empty() ? "digest is missing" : "malformed digest " + *text);
  const auto size = read_size(*object);
  if (!size)
    return size.error();
  return descriptor{std::move(*type), *target, *size};
}

result<std::optional<descriptor>> read_optional(const json::object& object, std::string_view key) {
  const json::value* const value = find_member(object, key);
  if (value == nullptr)
    return std::optional<descriptor>{};
  auto read = read_descriptor(*value);
  if (!read)
    return prefixed(key, read.error());
  return std::optional{std::move(*read)};
}

result<std::vector<descriptor>> read_list(const json::object& object, std::string_view key) {
  std::vector<descriptor> list;
  const json::value* const value = find_member(object, key);
  if (value == nullptr)
    return list;
  const auto* const elements = value->if_array();
  if (elements == nullptr)
    return invalid(std::string{key} + " must be an array");
  for (const json::value& element : *elements) {
    auto read = read_descriptor(element);
    if (!read)
      return prefixed(std::string{key} + '[' + std::to_string(list.size()) + ']', read.error());
    list.push_back(std::move(*read));
  }
  return list;
}

/// The JSON text of `annotations`, a map from strings to strings.
result<std::string> read_annotations(const json::object& object) {
  const json::value* const value = find_member(object, "annotations");
  if (value == nullptr)
    return std::string{};
  const auto* const map = value->if_object();
  if (map == nullptr)
    return invalid("annotations must be an object");
  for (const auto& member : *map) {
    if (!member.value().is_string())
      return invalid("annotations must have strings as values");
  }
  return map->empty() ? std::string{} : json::serialize(*map);
}

/// Content-Type, which the `mediaType` field must agree with, or else that field.
result<media_type> decide_type(const json::object& object,
                               const std::optional<media_type>& content_type) {
  const auto text = read_string(object, "mediaType");
  if (!text)
    return text.error();
  if (text->empty()) {
    if (content_type)
      return *content_type;
    return invalid("neither Content-Type nor mediaType says what this is");
  }
  const auto field = media_type::parse(*text);
  if (!field)
    return invalid("malformed mediaType " + *text);
  if (content_type && *content_type != *field)
    return invalid("mediaType " + *text + " differs from Content-Type " +
                   content_type->to_string());
  if (is_schema1(*field))
    return schema1_refused();
  if (!may_be_manifest(*field))
    return invalid("mediaType " + *text + " is not one of a manifest");
  return *field;
}

result<void> check_version(const json::object& object, bool may_be_absent) {
  const json::value* const value = object.if_contains("schemaVersion");
  if (value == nullptr && may_be_absent)
    return {};
  const auto* const version = value == nullptr ? nullptr : value->if_int64();
  if (version != nullptr && *version == 1)
    return schema1_refused();
  if (version == nullptr || *version != 2)
    return invalid("schemaVersion must be 2");
  return {};
}

/// Image or index, by the type or, where that is open, by the shape.
result<manifest_kind> decide_kind(const json::object& object, const media_type& type) {
  const bool like_index = object.contains("manifests");
  const bool like_image = object.contains("layers") || object.contains("config");
  // CVE-2021-41190: no two clients shall see different things in the same bytes.
  if (like_index && like_image)
    return invalid("both manifests and layers or config");
  if (is_image_manifest(type)) {
    if (find_member(object, "config") == nullptr)
      return invalid("config is missing");
    return manifest_kind::image;
  }
  if (is_index(type)) {
    if (!like_index)
      return invalid("manifests is missing");
    return manifest_kind::index;
  }
  if (like_index)
    return manifest_kind::index;
  // The retired artifact manifests list `blobs`, or nothing but a subject.
  if (like_image || object.contains("blobs") || type == media_types::oci_artifact)
    return manifest_kind::image;
  return fail(errc::media_type_unsupported, type.to_string());
}

/// Everything that depends on the kind, and what all kinds share.
struct contents {
  std::optional<descriptor> config;
  std::vector<descriptor> layers;
  std::vector<descriptor> children;
  std::optional<descriptor> subject;
  std::string artifact_type;
  std::string annotations;
};

result<void> read_image(const json::object& object, contents& into) {
  auto config = read_optional(object, "config");
  if (!config)
    return std::move(config).error();
  const bool retired = !object.contains("config") && !object.contains("layers");
  auto layers = read_list(object, retired ? "blobs" : "layers");
  if (!layers)
    return std::move(layers).error();
  into.config = std::move(*config);
  into.layers = std::move(*layers);
  return {};
}

result<void> read_index(const json::object& object, contents& into) {
  auto children = read_list(object, "manifests");
  if (!children)
    return std::move(children).error();
  into.children = std::move(*children);
  return {};
}

result<void> read_shared(const json::object& object, contents& into) {
  auto subject = read_optional(object, "subject");
  if (!subject)
    return std::move(subject).error();
  auto artifact_type = read_string(object, "artifactType");
  if (!artifact_type)
    return std::move(artifact_type).error();
  auto annotations = read_annotations(object);
  if (!annotations)
    return std::move(annotations).error();
  into.subject = std::move(*subject);
  into.artifact_type = std::move(*artifact_type);
  into.annotations = std::move(*annotations);
  if (into.artifact_type.empty() && into.config)
    into.artifact_type = into.config->media_type;
  return {};
}

result<contents> read_contents(const json::object& object, manifest_kind kind) {
  contents read;
  auto own = kind == manifest_kind::index ? read_index(object, read) : read_image(object, read);
  if (!own)
    return std::move(own).error();
  if (auto shared = read_shared(object, read); !shared)
    return std::move(shared).error();
  return read;
}

/// For `accept`: what bytes that `parse` refused call themselves, or else docker's schema 2.
media_type fallback_type(std::string_view bytes) {
  if (const auto object = parse_object(bytes, manifest::max_depth)) {
    if (const auto text = read_string(*object, "mediaType")) {
      if (auto field = media_type::parse(*text))
        return std::move(*field);
    }
  }
  return media_type::parse(media_types::docker_manifest).value();
}

} // namespace

manifest::manifest(std::string bytes, digest id, media_type type)
  : bytes_{std::move(bytes)}, id_{id}, type_{std::move(type)} {}

result<manifest> manifest::parse(std::string bytes, const std::optional<media_type>& content_type,
                                 digest_algorithm algorithm) {
  if (content_type && is_schema1(*content_type))
    return schema1_refused();
  if (content_type && !may_be_manifest(*content_type))
    return fail(errc::media_type_unsupported, content_type->to_string());
  json::monotonic_resource memory;
  const auto object = parse_object(bytes, max_depth, &memory);
  if (!object)
    return object.error();
  auto type = decide_type(*object, content_type);
  if (!type)
    return std::move(type).error();
  if (auto version = check_version(*object, is_read_by_shape(*type)); !version)
    return std::move(version).error();
  const auto kind = decide_kind(*object, *type);
  if (!kind)
    return kind.error();
  auto read = read_contents(*object, *kind);
  if (!read)
    return std::move(read).error();
  const digest id = digest::of(bytes, algorithm);
  manifest parsed{std::move(bytes), id, std::move(*type)};
  parsed.kind_ = *kind;
  parsed.config_ = std::move(read->config);
  parsed.layers_ = std::move(read->layers);
  parsed.children_ = std::move(read->children);
  parsed.subject_ = std::move(read->subject);
  parsed.artifact_type_ = std::move(read->artifact_type);
  parsed.annotations_ = std::move(read->annotations);
  return parsed;
}

manifest manifest::accept(std::string bytes, const std::optional<media_type>& content_type,
                          const std::optional<digest>& trusted) {
  const auto algorithm = trusted && trusted->algorithm() != digest_algorithm::verbatim
                           ? trusted->algorithm()
                           : digest_algorithm::sha256;
  auto parsed = parse(bytes, content_type, algorithm);
  if (!parsed) {
    const auto id = digest::of(bytes, algorithm);
    auto type = content_type ? *content_type : fallback_type(bytes);
    parsed = manifest{std::move(bytes), id, std::move(type)};
  }
  if (trusted)
    parsed->id_ = *trusted;
  return std::move(*parsed);
}

std::vector<descriptor> manifest::required_blobs() const {
  std::vector<descriptor> required;
  std::unordered_set<digest> seen;
  if (config_ && seen.insert(config_->target).second)
    required.push_back(*config_);
  for (const descriptor& layer : layers_) {
    if (!is_nondistributable_layer(layer.media_type) && seen.insert(layer.target).second)
      required.push_back(layer);
  }
  return required;
}

std::string manifest::referrer_entry() const {
  std::string text = R"({"mediaType":)" + json::serialize(json::string_view{type_.to_string()}) +
                     R"(,"digest":)" + json::serialize(json::string_view{id_.to_string()}) +
                     R"(,"size":)" + std::to_string(bytes_.size());
  if (!artifact_type_.empty())
    text += R"(,"artifactType":)" + json::serialize(json::string_view{artifact_type_});
  if (!annotations_.empty())
    text += R"(,"annotations":)" + annotations_;
  return text + '}';
}

} // namespace gantry
