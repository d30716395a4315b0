#include "base/random.hpp"

#include <cassert>
#include <cerrno>
#include <system_error>

#include <sys/random.h>

namespace gantry {

void fill_with_random(std::span<unsigned char> bytes) {
  assert(bytes.size() <= 256); // so few bytes are always returned at once
  while (::getrandom(bytes.data(), bytes.size(), 0) < 0)
    if (errno != EINTR)
      throw std::system_error{errno, std::system_category(), "no random bytes from the kernel"};
}

} // namespace gantry
