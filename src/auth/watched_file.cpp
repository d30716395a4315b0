#include "auth/watched_file.hpp"

#include "base/file_text.hpp"

namespace gantry::auth {

bool watched_file::has_changed() const {
  return !was_read_ || stamp_of(file_) != read_;
}

std::optional<std::string> watched_file::read() {
  // Before the bytes: what changes meanwhile is a change.
  read_ = stamp_of(file_);
  was_read_ = true;
  auto text = read_file(file_, max_bytes_);
  if (text && text->size() <= max_bytes_)
    return text;
  read_.reset(); // once it can be read, that is a change, too
  return std::nullopt;
}

} // namespace gantry::auth
