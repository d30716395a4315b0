// Bytes in flight: what requests and answers hold in memory while the network takes its time,
// shared out fairly and never more than `--max-in-flight`.
#pragma once

#include "base/byte_budget.hpp"

#include <cstdint>
#include <memory>

namespace gantry::api {

/// Any thread. The limit is split, so that one kind of load cannot keep out another: half of it is
/// for buffers of uploads, an eighth for small texts (manifests and answers), the rest for large
/// ones.
class in_flight {
public:
  /// Texts up to here are small.
  static constexpr std::uint64_t small_text = 128 * 1024;

  /// What parsing a manifest takes beside its bytes, as a multiple of those (`manifest_parser`).
  static constexpr std::uint64_t parsing_factor = 4;
  /// For all manifests that are parsed at the same time, beside the limit: no client can prolong
  /// that.
  static constexpr std::uint64_t parsing_limit = 32 * 1024 * 1024;

  explicit in_flight(std::uint64_t limit);

  const std::shared_ptr<byte_budget>& buffers() const noexcept { return buffers_; }
  /// The share that texts of so many bytes belong to.
  const std::shared_ptr<byte_budget>& texts(std::uint64_t bytes) const noexcept {
    return bytes <= small_text ? small_texts_ : large_texts_;
  }
  const std::shared_ptr<byte_budget>& parsing() const noexcept { return parsing_; }
  std::uint64_t used() const noexcept {
    return buffers_->used() + small_texts_->used() + large_texts_->used();
  }

private:
  std::shared_ptr<byte_budget> buffers_;
  std::shared_ptr<byte_budget> small_texts_;
  std::shared_ptr<byte_budget> large_texts_;
  std::shared_ptr<byte_budget> parsing_;
};

} // namespace gantry::api
