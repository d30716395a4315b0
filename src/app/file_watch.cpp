#include "app/file_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace gantry::app {

namespace {

std::string folder_of(const std::string& file) {
  const auto folder = std::filesystem::path{file}.parent_path();
  return folder.empty() ? "." : folder.string();
}

} // namespace

file_watch::file_watch(std::string file) : file_{std::move(file)}, seen_{stamp_of(file_)} {
  descriptor_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  // Not IN_MODIFY: a file that is being written is not complete.
  if (descriptor_ >= 0 &&
      ::inotify_add_watch(descriptor_, folder_of(file_).c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) >= 0)
    return;
  std::fprintf(stderr, "gantry: warning: changes of %s are not noticed (%s); send SIGHUP\n",
               file_.c_str(), std::strerror(errno));
  if (descriptor_ >= 0)
    ::close(std::exchange(descriptor_, -1));
}

file_watch::~file_watch() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

bool file_watch::has_changed() {
  std::array<char, 4096> events;
  while (descriptor_ >= 0 && ::read(descriptor_, events.data(), events.size()) > 0) {
  }
  const auto found = stamp_of(file_);
  if (!found || found == seen_)
    return false;
  seen_ = found;
  return true;
}

} // namespace gantry::app
