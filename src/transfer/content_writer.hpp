// Writes content straight into an engine, past the actors, and counts it.
#pragma once

#include "domain/storage.hpp"
#include "transfer/failure.hpp"
#include "transfer/report.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::transfer {

/// A blob on its way into an engine, whose digest is known at its end. Destroyed unfinished, it
/// leaves nothing behind.
class incoming_blob {
public:
  incoming_blob(std::unique_ptr<blob_sink> sink, digest_algorithm algorithm)
    : sink_{std::move(sink)}, hash_{algorithm} {}

  /// Throws std::runtime_error.
  void append(std::span<const std::byte> bytes);
  std::uint64_t size() const noexcept { return sink_->size(); }
  digest id() const { return hash_.peek(); }

private:
  friend class content_writer;
  std::unique_ptr<blob_sink> sink_;
  hasher hash_;
};

/// Content is not what its descriptor says.
struct wrong_content : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Each call returns once its content is stored, and throws std::runtime_error if it cannot be,
/// engine_full among them./// One caller at a time.
class content_writer {
public:
  explicit content_writer(storage_engine& engine, progress_callback progress = {})
    : engine_{&engine}, progress_{std::move(progress)} {}

  /// Links a blob that the engine has already. Whether it has.
  bool link_present(const repository_name& repository, const digest& id);
  /// Streams `content` and verifies it; a blob that the engine has already is linked without
  /// reading. Whether it was read. Throws wrong_content, too.
  bool put_blob(const repository_name& repository, const descriptor& blob, std::istream& content);
  void put_blob(const repository_name& repository, std::string_view content);

  incoming_blob receive(digest_algorithm algorithm = digest_algorithm::sha256);
  void put_blob(const repository_name& repository, incoming_blob content);

  void put_manifest(const repository_name& repository, manifest value, std::vector<tag> tags);

  /// Progress: `bytes` more are to come, or are done.
  void expect(std::uint64_t bytes);
  void note(std::uint64_t bytes);

  transfer_report& report() noexcept { return report_; }

private:
  void store_blob(const repository_name& repository, incoming_blob content);
  repository_store& store(const repository_name& name);

  storage_engine* engine_;
  progress_callback progress_;
  std::map<repository_name, std::shared_ptr<repository_store>> stores_;
  transfer_report report_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

} // namespace gantry::transfer
