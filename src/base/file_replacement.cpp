#include "base/file_replacement.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <unistd.h>

namespace gantry {

void replace_file(const std::filesystem::path& target, std::string_view text,
                  const std::function<bool(int descriptor)>& prepare) {
  auto name = target.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0)
    throw std::system_error{errno, std::generic_category()};
  const bool is_safe =
    ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
    prepare(descriptor) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (is_safe && ::rename(name.c_str(), target.c_str()) == 0)
    return;
  const int code = errno;
  ::unlink(name.c_str());
  throw std::system_error{code, std::generic_category()};
}

} // namespace gantry
