// Latencies and errors, by kind of request.
#pragma once

#include "bench/latency_histogram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace gantry::bench {

enum class operation : std::uint8_t {
  /// A whole push or pull, from the first request to the last.
  image,
  head_blob,
  start_upload,
  patch_upload,
  finish_upload,
  put_manifest,
  head_manifest,
  get_manifest,
  get_blob,
  delete_manifest,
  delete_blob,
  get_catalog,
  get_tags,
  mount,
  cancel_upload,
  cut_upload,
  get_upload,
  /// A request to the token server of the registry.
  token,
  /// Whole pushes and pulls of a mixed load, if they went well.
  push,
  pull,
};

inline constexpr std::size_t operation_count = 20;

/// "image", "HEAD blob", "POST upload", …
std::string_view to_string(operation what) noexcept;

/// A value type. Not thread-safe.
class tally {
public:
  struct entry {
    latency_histogram latency;
    /// Failures by kind: "status_500", "timed_out", …
    std::map<std::string, std::uint64_t, std::less<>> errors;

    std::uint64_t error_count() const noexcept;
  };

  void succeeded(operation what, latency_histogram::duration latency);
  void failed(operation what, std::string_view kind);
  /// Bytes of blobs and manifests that were sent or received.
  void moved(std::uint64_t bytes) noexcept { bytes_ += bytes; }
  /// The registry opened an upload in place of a mount.
  void mount_declined() noexcept { ++declined_mounts_; }
  void merge(const tally& other);
  /// Adds only the errors, without those of `image`.
  void merge_errors(const tally& other);

  const entry& of(operation what) const noexcept {
    return entries_[static_cast<std::size_t>(what)];
  }
  std::uint64_t bytes() const noexcept { return bytes_; }
  std::uint64_t declined_mounts() const noexcept { return declined_mounts_; }
  /// Without `image`: an image fails because one of its operations does.
  std::uint64_t error_count() const noexcept;

private:
  std::array<entry, operation_count> entries_;
  std::uint64_t bytes_ = 0;
  std::uint64_t declined_mounts_ = 0;
};

} // namespace gantry::bench
