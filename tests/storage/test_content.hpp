// Content for engine tests, and engine calls that wait for their answer.
#pragma once

#include "storage/api/engine.hpp"
#include "support/print.hpp"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::test {

repository_name name(std::string_view text);
tag label(std::string_view text);
std::vector<tag> labels(std::initializer_list<std::string_view> texts);
/// `size` bytes that depend on `seed`.
std::string content(std::size_t size, unsigned seed = 0);
/// The digest of content that does not exist.
digest absent_digest(unsigned seed = 0);

struct image_parts {
  std::vector<digest> blobs = {};
  std::vector<digest> foreign_layers = {};
  std::optional<digest> subject = {};
  std::string artifact_type = {};
  /// Makes otherwise equal manifests differ.
  std::string note = {};
};

/// The first blob is the config, the others are layers; without blobs, an absent config is named.
manifest_ptr image(const image_parts& parts);
manifest_ptr index(const std::vector<digest>& children);

/// The bytes of a sink, read back.
digest hash_of(const blob_sink& sink, digest_algorithm algorithm = digest_algorithm::sha256);
/// Throws if the engine refuses.
sink_ptr filled_sink(storage_engine& engine, std::string_view bytes);
result<void> append(blob_sink& sink, std::string_view bytes);
/// Waits until the publication is settled, too.
result<blob_ptr> publish(storage_engine& engine, sink_ptr sink, const digest& id,
                         time_point lease_until);
/// Publishes under the sha256; throws if the engine refuses.
blob_ptr publish(storage_engine& engine, std::string_view bytes, time_point lease_until);
std::string read(const blob& from);

result<missing_references> put(repository_store& store, manifest_write write);
result<missing_references> put(repository_store& store, manifest_ptr value,
                               std::vector<tag> tags = {});
/// Refused if anything that it references is missing.
result<missing_references> put_checked(repository_store& store, manifest_ptr value,
                                       std::vector<tag> tags = {});
result<void> link(repository_store& store, blob_ptr linked);
result<void> unlink(repository_store& store, const digest& id);
result<void> delete_tag(repository_store& store, std::string_view text);
result<void> delete_manifest(repository_store& store, const digest& id);

std::uint64_t used_bytes(storage_engine& engine);
void clear(storage_engine& engine);
result<gc_report> collect(storage_engine& engine, const gc_policy& policy = {},
                          progress_callback progress = {});

/// Collects garbage, and forgets what happened.
void forget_history(storage_engine& engine);

std::vector<std::string> tags_of(const repository_store& store);
std::vector<std::string> catalog_of(storage_engine& engine);

/// The error of a call that should fail; errc{} if it succeeded.
template <class T>
errc code_of(const result<T>& outcome) {
  return outcome ? errc{} : outcome.error().code;
}

} // namespace gantry::test
