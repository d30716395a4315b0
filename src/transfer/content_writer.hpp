// Writes content directly into an engine, without actors, and counts it.
#pragma once

#include "storage/api/engine.hpp"
#include "transfer/failure.hpp"
#include "transfer/file_adopter.hpp"
#include "transfer/report.hpp"
#include "transfer/source_folder.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::transfer {

/// A blob being written whose digest is known at the end. If destroyed unfinished, it leaves
/// nothing behind.
class incoming_blob {
public:
  incoming_blob(sink_ptr sink, digest_algorithm algorithm)
    : sink_{std::move(sink)}, hash_{algorithm} {}
  /// Computes no digest: the blob gets this one.
  incoming_blob(sink_ptr sink, const digest& given)
    : sink_{std::move(sink)}, hash_{digest_algorithm::sha256}, given_{given} {}

  /// Throws std::runtime_error.
  void append(std::span<const std::byte> bytes);
  std::uint64_t size() const noexcept { return sink_->size(); }
  digest id() const { return given_ ? *given_ : hash_.peek(); }

private:
  friend class content_writer;
  sink_ptr sink_;
  hasher hash_;
  std::optional<digest> given_;
};

/// Each call returns once its content is stored; throws std::runtime_error on failure (engine_full
/// if the engine is full). Not thread-safe.
class content_writer {
public:
  explicit content_writer(storage_engine& engine, progress_callback progress = {})
    : engine_{&engine}, progress_{std::move(progress)} {}

  /// Links a blob that the engine already has and returns its size; empty if the engine lacks it.
  std::optional<std::uint64_t> link_present(const repository_name& repository, const digest& id);
  /// Streams and verifies `content`, at most `blob.size` bytes. A blob that the engine already has
  /// is linked without reading. Throws broken_entry if the size or the digest differs. Content of a
  /// broken digest is not read again.
  void put_blob(const repository_name& repository, const descriptor& blob, source_file& content);
  void put_blob(const repository_name& repository, std::string_view content);
  /// Makes the file of `content` the blob, without reading it unless `verify` is set, if the engine
  /// can; otherwise as `put_blob`. Throws broken_entry if the size differs, or the digest of what
  /// is read.
  void adopt_blob(const repository_name& repository, const descriptor& blob, source_file& content,
                  const file_adopter& adopt, bool verify);

  incoming_blob receive(digest_algorithm algorithm = digest_algorithm::sha256);
  /// A blob whose digest is known already, or is wrong on purpose.
  incoming_blob receive_as(const digest& id);
  void put_blob(const repository_name& repository, incoming_blob content);

  /// Stores the manifest without checking its references; the caller does that.
  void put_manifest(const repository_name& repository, manifest value, std::vector<tag> tags);
  /// Whether the repository has a manifest or a blob with this digest.
  bool contains(const repository_name& repository, const digest& id);

  /// The manifest of a digest or a tag. Null if the repository has none.
  manifest_ptr find_manifest(const repository_name& repository, const reference& name);

  /// Progress: adds `bytes` to the total, or to the completed bytes.
  void expect(std::uint64_t bytes);
  void note(std::uint64_t bytes);

  transfer_report& report() noexcept { return report_; }

private:
  /// Links the blob if the engine has it already.
  bool has_arrived(const repository_name& repository, const descriptor& blob,
                   const source_file& content);
  void check_digest(const descriptor& blob, source_file& content);
  incoming_blob copy(const descriptor& blob, source_file& content);
  void store_blob(const repository_name& repository, incoming_blob content);
  repository_store& store(const repository_name& name);

  storage_engine* engine_;
  progress_callback progress_;
  std::map<repository_name, std::shared_ptr<repository_store>> stores_;
  /// The digests of broken content, with the reason.
  std::map<digest, std::string> broken_;
  transfer_report report_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

} // namespace gantry::transfer
