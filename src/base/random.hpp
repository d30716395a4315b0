// Random bytes for keys and names.
#pragma once

#include <functional>
#include <span>

namespace gantry {

/// Fills with bytes from the kernel, because OpenSSL's generator takes a millisecond to start and
/// is no faster for so few. At most 256 bytes. Throws std::system_error.
void fill_with_random(std::span<unsigned char> bytes);

/// While it lives, the random bytes of its thread come from another source, so that a simulation
/// can be repeated. One per thread.
class random_source {
public:
  explicit random_source(std::function<void(std::span<unsigned char>)> fill);
  ~random_source();
  random_source(const random_source&) = delete;
  random_source& operator=(const random_source&) = delete;

private:
  friend void fill_with_random(std::span<unsigned char> bytes);
  static thread_local random_source* current_;

  std::function<void(std::span<unsigned char>)> fill_;
};

} // namespace gantry
