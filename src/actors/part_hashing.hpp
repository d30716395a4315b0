// Reads a part of an upload back and hashes it, one piece after another.
#pragma once

#include "actors/dispatch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace gantry {

/// Used by `hash_part`, and kept alive by the read that it waits for.
template <class Self, class Next>
class part_hashing : public std::enable_shared_from_this<part_hashing<Self, Next>> {
public:
  part_hashing(Self* self, msg::hash_part part, Next next)
    : self_{self},
      part_{std::move(part)},
      next_{std::move(next)},
      buffer_(std::min<std::uint64_t>(part_.length, piece)) {}

  /// A loop, because an engine that answers at once would otherwise nest as many calls as there are
  /// pieces.
  void run() {
    do {
      if (hashed_ == part_.length)
        return next_(msg::acknowledged{});
      reads_ = true;
      answered_ = false;
      const auto want = std::min<std::uint64_t>(buffer_.size(), part_.length - hashed_);
      when_answered<std::size_t>(
        self_,
        [&](auto done) {
          part_.source.get()->read(std::span{buffer_}.first(want), part_.offset + hashed_,
                                   std::move(done));
        },
        [job = this->shared_from_this()](const result<std::size_t>& got) { job->take(got); });
      reads_ = false;
    } while (answered_);
  }

private:
  static constexpr std::uint64_t piece = 256 * 1024;

  void take(const result<std::size_t>& got) {
    if (!got || *got == 0)
      return next_(got ? fail(errc::storage_failed) : got.error());
    part_.running->update(std::span{buffer_}.first(*got));
    hashed_ += *got;
    if (reads_)
      answered_ = true;
    else
      run();
  }

  Self* self_;
  msg::hash_part part_;
  Next next_;
  std::vector<std::byte> buffer_;
  std::uint64_t hashed_ = 0;
  /// Within the call of `read`, and whether it has been answered there.
  bool reads_ = false;
  bool answered_ = false;
};

/// Updates the hash with the part, then calls `next(result<msg::acknowledged>)` as the actor.
/// Errors: storage_failed.
template <class Self, class Next>
void hash_part(Self* self, const msg::hash_part& part, Next next) {
  std::make_shared<part_hashing<Self, Next>>(self, part, std::move(next))->run();
}

} // namespace gantry
