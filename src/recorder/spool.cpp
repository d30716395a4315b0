#include "recorder/spool.hpp"

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace gantry::recorder {

namespace {

using boost::system::error_code;

error_code write_at(int file, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno != EINTR)
      return last_error();
    const auto count = static_cast<std::size_t>(written < 0 ? 0 : written);
    offset += count;
    bytes.remove_prefix(count);
  }
  return {};
}

} // namespace

error_code last_error() {
  return {errno, boost::system::system_category()};
}

spool::spool(std::filesystem::path folder) : folder_{std::move(folder)} {}

spool::~spool() {
  if (file_ >= 0)
    ::close(file_);
}

error_code spool::append(std::string_view bytes) {
  if (is_in_memory() && memory_.size() + bytes.size() > max_in_memory)
    if (const auto ec = move_to_file())
      return ec;
  if (is_in_memory())
    memory_.append(bytes);
  else if (const auto ec = write_at(file_, size_, bytes))
    return ec;
  size_ += bytes.size();
  return {};
}

std::string_view spool::bytes() const noexcept {
  assert(is_in_memory());
  return memory_;
}

int spool::file() const noexcept {
  assert(!is_in_memory());
  return file_;
}

error_code spool::read(std::uint64_t offset, std::size_t most, std::string& into) const {
  if (is_in_memory()) {
    into = memory_.substr(static_cast<std::size_t>(offset), most);
    return {};
  }
  into.resize(most);
  std::size_t count = 0;
  while (count < most) {
    const auto got =
      ::pread(file_, into.data() + count, most - count, static_cast<off_t>(offset + count));
    if (got == 0)
      break;
    if (got < 0 && errno != EINTR)
      return last_error();
    count += static_cast<std::size_t>(got < 0 ? 0 : got);
  }
  into.resize(count);
  return {};
}

error_code spool::move_to_file() {
  auto name = (folder_ / "gantry-body.XXXXXX").string();
  file_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (file_ < 0)
    return last_error();
  ::unlink(name.c_str());
  const auto ec = write_at(file_, 0, memory_);
  memory_ = {};
  return ec;
}

} // namespace gantry::recorder
