#include "base/random.hpp"

#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/random.h>

namespace gantry {

thread_local random_source* random_source::current_ = nullptr;

random_source::random_source(std::function<void(std::span<unsigned char>)> fill)
  : fill_{std::move(fill)} {
  assert(!current_);
  current_ = this;
}

random_source::~random_source() {
  current_ = nullptr;
}

void fill_with_random(std::span<unsigned char> bytes) {
  assert(bytes.size() <= 256); // so few bytes are always returned at once
  if (random_source::current_)
    return random_source::current_->fill_(bytes);
  while (::getrandom(bytes.data(), bytes.size(), 0) < 0)
    if (errno != EINTR)
      throw std::system_error{errno, std::system_category(), "no random bytes from the kernel"};
}

} // namespace gantry
