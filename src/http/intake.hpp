// How the body of a request is read that is not read at full speed, or not to its end.
#pragma once

#include "net/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace gantry::http {

struct intake_plan {
  /// Bytes per second; zero for no limit.
  std::uint64_t rate = 0;
  /// Bytes after which the connection is reset.
  std::optional<std::uint64_t> reset_after = {};
};

/// Counts the bytes of one body against its plan.
class intake {
public:
  explicit intake(const intake_plan& plan);

  /// How many of `wanted` bytes may be read now.
  std::size_t allowed(std::size_t wanted) const noexcept;
  void count(std::size_t bytes) noexcept;

  /// The connection is to be reset instead of reading on.
  bool is_over() const noexcept { return left_ == 0; }
  /// When the next bytes may be read.
  net::steady_clock::time_point due() const noexcept { return due_; }
  bool is_due() const noexcept { return rate_ == 0 || due_ <= net::steady_clock::now(); }

private:
  std::uint64_t rate_;
  /// Bytes before the reset.
  std::uint64_t left_;
  net::steady_clock::time_point due_{};
};

} // namespace gantry::http
