#include "transfer/file_output.hpp"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace gantry::transfer {

namespace fs = std::filesystem;

file_output::file_output(const fs::path& file)
  : file_{file}, part_{file.parent_path() / ('.' + file.filename().string() + ".part")} {
  std::error_code ec;
  fs::create_directories(file.parent_path(), ec);
  if (ec)
    fail(ec.value());
  descriptor_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    fail(errno);
}

file_output::~file_output() {
  if (descriptor_ < 0)
    return;
  close();
  ::unlink(part_.c_str());
}

void file_output::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(descriptor_, bytes.data(), bytes.size());
    if (n >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    else if (errno != EINTR)
      fail(errno);
  }
}

void file_output::finish() {
  if (::fsync(descriptor_) < 0 || ::rename(part_.c_str(), file_.c_str()) < 0)
    fail(errno);
  close();
  const auto folder = ::open(file_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    fail(errno);
  const auto synced = ::fsync(folder);
  const auto number = errno;
  ::close(folder);
  if (synced < 0)
    fail(number);
}

void file_output::fail(int number) const {
  throw std::runtime_error{file_.string() +
                           " cannot be written: " + std::system_category().message(number)};
}

void file_output::close() noexcept {
  ::close(std::exchange(descriptor_, -1));
}

} // namespace gantry::transfer
