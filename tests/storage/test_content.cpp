#include "storage/test_content.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/api/bytes_of.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <limits>

namespace gantry::test {

namespace json = boost::json;

namespace {

json::object describe(std::string_view type, const digest& target) {
  return {{"mediaType", type}, {"digest", target.to_string()}, {"size", 1}};
}

manifest_ptr parse(const json::object& document) {
  return std::make_shared<const manifest>(
    manifest::parse(json::serialize(document), std::nullopt).value());
}

constexpr page_request everything() {
  return {.limit = std::numeric_limits<std::size_t>::max(), .last = {}};
}

} // namespace

repository_name name(std::string_view text) {
  return repository_name::parse(text).value();
}

tag label(std::string_view text) {
  return tag::parse(text).value();
}

std::vector<tag> labels(std::initializer_list<std::string_view> texts) {
  std::vector<tag> all;
  for (const auto text : texts)
    all.push_back(label(text));
  return all;
}

std::string content(std::size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  auto state = seed * 2654435761U + 1;
  for (auto& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

digest absent_digest(unsigned seed) {
  return digest::of("absent " + std::to_string(seed));
}

manifest_ptr image(const image_parts& parts) {
  constexpr auto layer_type = "application/vnd.oci.image.layer.v1.tar";
  constexpr auto foreign_type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
  json::array layers;
  for (std::size_t i = 1; i < parts.blobs.size(); ++i)
    layers.push_back(describe(layer_type, parts.blobs[i]));
  for (const auto& layer : parts.foreign_layers)
    layers.push_back(describe(foreign_type, layer));
  json::object document{
    {"schemaVersion", 2},
    {"mediaType", media_types::oci_manifest},
    {"config", describe(media_types::oci_config,
                        parts.blobs.empty() ? absent_digest() : parts.blobs.front())},
    {"layers", layers},
    {"annotations", json::object{{"note", parts.note}}}};
  if (!parts.artifact_type.empty())
    document["artifactType"] = parts.artifact_type;
  if (parts.subject)
    document["subject"] = describe(media_types::oci_manifest, *parts.subject);
  return parse(document);
}

manifest_ptr index(const std::vector<digest>& children) {
  json::array manifests;
  for (const auto& child : children)
    manifests.push_back(describe(media_types::oci_manifest, child));
  return parse(
    {{"schemaVersion", 2}, {"mediaType", media_types::oci_index}, {"manifests", manifests}});
}

result<void> append(blob_sink& sink, std::string_view bytes) {
  return answer_of(sink, &blob_sink::append, std::as_bytes(std::span{bytes}));
}

digest hash_of(const blob_sink& sink, digest_algorithm algorithm) {
  hasher hash{algorithm};
  std::vector<std::byte> buffer(10'000);
  for (std::uint64_t offset = 0;;) {
    const auto read = answer_of(sink, &blob_sink::read, std::span{buffer}, offset).value();
    if (read == 0)
      return hash.peek();
    hash.update(std::span{buffer}.first(read));
    offset += read;
  }
}

sink_ptr filled_sink(storage_engine& engine, std::string_view bytes) {
  auto sink = answer_of(engine.uploads(), &upload_engine::open_sink, upload_id::generate()).value();
  append(*sink, bytes).value();
  return sink;
}

result<blob_ptr> publish(storage_engine& engine, sink_ptr sink, const digest& id,
                         time_point lease_until) {
  auto published =
    answer_of(engine.blobs(), &blob_engine::publish, std::move(sink), id, lease_until);
  if (published)
    answer_of(engine.blobs(), &blob_engine::settle, *published).value();
  return published;
}

blob_ptr publish(storage_engine& engine, std::string_view bytes, time_point lease_until) {
  return publish(engine, filled_sink(engine, bytes), digest::of(bytes), lease_until).value();
}

std::string read(const blob& from) {
  return bytes_of(from).value();
}

result<missing_references> put(repository_store& store, manifest_write write) {
  return answer_of(store, &repository_store::put_manifest, std::move(write));
}

result<missing_references> put(repository_store& store, manifest_ptr value, std::vector<tag> tags) {
  return put(store, {.value = std::move(value), .tags = std::move(tags)});
}

result<missing_references> put_checked(repository_store& store, manifest_ptr value,
                                       std::vector<tag> tags) {
  return put(store, {.value = std::move(value),
                     .tags = std::move(tags),
                     .references = validation_policy::references::reject});
}

result<void> link(repository_store& store, blob_ptr linked) {
  return answer_of(store, &repository_store::link_blob, std::move(linked));
}

result<void> unlink(repository_store& store, const digest& id) {
  return answer_of(store, &repository_store::unlink_blob, id);
}

result<void> delete_tag(repository_store& store, std::string_view text) {
  return answer_of(store, &repository_store::delete_tag, label(text), nullptr);
}

result<void> delete_manifest(repository_store& store, const digest& id) {
  return answer_of(store, &repository_store::delete_manifest, id, removal{});
}

std::uint64_t used_bytes(storage_engine& engine) {
  return answer_of(engine.upkeep(), &upkeep_engine::used_bytes).value();
}

void clear(storage_engine& engine) {
  answer_of(engine.upkeep(), &upkeep_engine::clear).value();
}

result<gc_report> collect(storage_engine& engine, const gc_policy& policy,
                          progress_callback progress) {
  return answer_of(engine.upkeep(), &upkeep_engine::collect, policy, std::move(progress));
}

void forget_history(storage_engine& engine) {
  collect(engine, {.history = {.keep = std::chrono::hours{-1}, .per_tag = 0}}).value();
}

std::vector<std::string> tags_of(const repository_store& store) {
  std::vector<std::string> texts;
  for (const auto& each :
       answer_of(store, &repository_store::list_tags, everything()).value().items)
    texts.push_back(each.to_string());
  return texts;
}

std::vector<std::string> catalog_of(storage_engine& engine) {
  std::vector<std::string> texts;
  for (const auto& each :
       answer_of(engine.metadata(), &metadata_engine::list_repositories, everything())
         .value()
         .items)
    texts.push_back(each.to_string());
  return texts;
}

} // namespace gantry::test
