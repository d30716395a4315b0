#include "transfer/source_folder.hpp"

#include "transfer/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace gantry::transfer {

namespace fs = std::filesystem;

namespace {

bool is_absent(int number) {
  return number == ENOENT || number == ENOTDIR;
}

std::string reason_of(int number) {
  return std::system_category().message(number);
}

[[noreturn]] void leave_out_link(const fs::path& path) {
  leave_out(path.string() + " is a link, which is not followed");
}

bool is_link(int folder, const fs::path& name) {
  struct stat found {};
  return ::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISLNK(found.st_mode);
}

} // namespace

source_handle::~source_handle() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

std::size_t source_file::read(std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto n = ::read(file_.descriptor(), into.data() + done, into.size() - done);
    if (n == 0)
      break;
    if (n > 0)
      done += static_cast<std::size_t>(n);
    else if (errno != EINTR)
      leave_out("it cannot be read: " + reason_of(errno));
  }
  return done;
}

source_folder::source_folder(const fs::path& folder)
  : root_{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
  if (!root_)
    refuse("it cannot be opened: " + reason_of(errno));
}

source_handle source_folder::open_folder(const fs::path& folder) const {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  source_handle at{::openat(root_.descriptor(), ".", flags)};
  for (const auto& part : folder) {
    if (part.empty()) // a trailing slash
      continue;
    if (part == "..")
      leave_out(folder.string() + " leads out of the folder");
    source_handle next{::openat(at.descriptor(), part.c_str(), flags)};
    const auto number = errno;
    if (!next && is_link(at.descriptor(), part))
      leave_out_link(folder);
    if (!next && !is_absent(number))
      leave_out(folder.string() + " cannot be read: " + reason_of(number));
    if (!next)
      return source_handle{};
    at = std::move(next);
  }
  return at;
}

std::optional<source_file> source_folder::open(const fs::path& file) const {
  const auto folder = open_folder(file.parent_path());
  if (!folder)
    return std::nullopt;
  const auto name = file.filename();
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  source_handle opened{::openat(folder.descriptor(), name.c_str(),
                                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
  const auto number = errno;
  if (!opened && is_absent(number))
    return std::nullopt;
  if (!opened && number == ELOOP)
    leave_out_link(file);
  struct stat found {};
  if (!opened || ::fstat(opened.descriptor(), &found) != 0)
    leave_out(file.string() + " cannot be read: " + reason_of(opened ? errno : number));
  if (!S_ISREG(found.st_mode))
    leave_out(file.string() + " is not a regular file");
  return source_file{std::move(opened), static_cast<std::uint64_t>(found.st_size)};
}

std::optional<std::string> source_folder::read(const fs::path& file) const {
  auto opened = open(file);
  if (!opened)
    return std::nullopt;
  if (opened->size() > max_document)
    leave_out(file.string() + " has more than " + std::to_string(max_document) + " bytes");
  std::string text(opened->size(), '\0');
  text.resize(opened->read(std::as_writable_bytes(std::span{text})));
  return text;
}

bool source_folder::has_folder(const fs::path& folder) const {
  struct stat found {};
  const auto parent = open_folder(folder.parent_path());
  return parent &&
         ::fstatat(parent.descriptor(), folder.filename().c_str(), &found, AT_SYMLINK_NOFOLLOW) ==
           0 &&
         S_ISDIR(found.st_mode);
}

std::vector<std::string> source_folder::names(const fs::path& folder) const {
  std::vector<std::string> names;
  const auto opened = open_folder(folder);
  if (!opened)
    return names;
  // fdopendir takes ownership of the descriptor.
  const std::unique_ptr<DIR, int (*)(DIR*)> list{::fdopendir(::dup(opened.descriptor())),
                                                 &::closedir};
  if (!list)
    leave_out(folder.string() + " cannot be read: " + reason_of(errno));
  errno = 0;
  while (const auto* entry = ::readdir(list.get()))
    if (const std::string_view name{entry->d_name}; name != "." && name != "..")
      names.emplace_back(name);
  if (errno != 0)
    leave_out(folder.string() + " cannot be read: " + reason_of(errno));
  std::ranges::sort(names);
  return names;
}

} // namespace gantry::transfer
