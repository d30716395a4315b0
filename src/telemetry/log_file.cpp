#include "telemetry/log_file.hpp"

#include "telemetry/log.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace gantry::telemetry {

namespace {

int open_to_append(const std::string& path) noexcept {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

std::string reason(int number) {
  return std::system_category().message(number);
}

} // namespace

log_file::log_file(std::string path) : path_{std::move(path)}, descriptor_{open_to_append(path_)} {
  if (descriptor_ < 0)
    throw std::runtime_error{path_ + " cannot be written: " + reason(errno)};
}

log_file::~log_file() {
  ::close(descriptor_);
}

/// dup3(2) replaces the file behind the descriptor at once, so no writer sees it closed.
void log_file::reopen() noexcept {
  const int next = open_to_append(path_);
  if (next < 0) {
    log().error("{} cannot be opened again: {}; its old file is written on", path_, reason(errno));
    return;
  }
  ::dup3(next, descriptor_, O_CLOEXEC);
  ::close(next);
}

} // namespace gantry::telemetry
