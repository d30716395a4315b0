#include "auth/watched_file.hpp"

#include <fstream>
#include <ios>

#include <sys/stat.h>

namespace gantry::auth {

bool watched_file::has_changed() const {
  return !was_read_ || stamp_now() != read_;
}

std::optional<std::string> watched_file::read() {
  // Before the bytes: what changes meanwhile is a change.
  read_ = stamp_now();
  was_read_ = true;
  std::ifstream input{file_, std::ios::binary};
  std::string text(max_bytes_ + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  if (input.is_open() && !input.bad() && text.size() <= max_bytes_)
    return text;
  read_.reset(); // once it can be read, that is a change, too
  return std::nullopt;
}

std::optional<watched_file::stamp> watched_file::stamp_now() const {
  struct stat seen {};
  if (::stat(file_.c_str(), &seen) != 0)
    return std::nullopt;
  return stamp{static_cast<std::int64_t>(seen.st_mtim.tv_sec) * 1'000'000'000 +
                 seen.st_mtim.tv_nsec,
               seen.st_ino, static_cast<std::uint64_t>(seen.st_size)};
}

} // namespace gantry::auth
