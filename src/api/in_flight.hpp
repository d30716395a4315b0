// Bytes in flight: the memory that requests and answers hold while the network transfers them. It
// is shared fairly and never exceeds `--max-in-flight`.
#pragma once

#include "base/byte_budget.hpp"

#include <cstdint>
#include <memory>

namespace gantry::api {

/// Any thread. The limit is split so that one kind of load cannot starve another: half is for
/// buffers of uploads, an eighth for small texts (manifests and answers), and the rest for large
/// texts.
class in_flight {
public:
  /// Texts of up to this many bytes are small.
  static constexpr std::uint64_t small_text = 128 * 1024;

  /// The memory that parsing takes in addition to a manifest's bytes, as a multiple of them
  /// (`manifest_parser`).
  static constexpr std::uint64_t parsing_factor = 4;
  /// Bytes for all manifests that are being parsed, in addition to the limit: no client can prolong
  /// the parsing.
  static constexpr std::uint64_t parsing_limit = 32 * 1024 * 1024;

  explicit in_flight(std::uint64_t limit);

  const std::shared_ptr<byte_budget>& buffers() const noexcept { return buffers_; }
  /// The share for a text of `bytes` bytes.
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
