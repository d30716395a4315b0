// A library for LD_PRELOAD that makes system calls on files fail, while a control file says so.
//
// GANTRY_FAULTS names that file. Each line, "NUMBER OPERATION[,OPERATION] PATTERN", makes these
// operations fail with that errno on files whose path contains PATTERN; a PATTERN that ends with $
// matches the end of the path. The file is read again at each call, so faults can be switched while
// the process runs; without the file nothing fails.
//
// Operations: open (of an existing file), create, read (also by sendfile), write (also truncate),
// sync, name (rename, remove, make a folder). Accesses to mapped memory do not fail.

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

/// The function that this library replaces.
template <class Result, class... Arguments>
Result forward(const char* name, Arguments... arguments) {
  return reinterpret_cast<Result (*)(Arguments...)>(::dlsym(RTLD_NEXT, name))(arguments...);
}

/// Never destroyed because threads work until the very end.
const std::string& control_path() {
  static const auto* const only = [] {
    const char* const value = std::getenv("GANTRY_FAULTS"); // NOLINT(concurrency-mt-unsafe)
    return new std::string{value ? value : ""};
  }();
  return *only;
}

/// Uses raw system calls because the wrappers below would look for faults again.
std::string read_control() {
  const auto number = ::syscall(SYS_openat, AT_FDCWD, control_path().c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0)
    return {};
  std::array<char, 4096> text{};
  const auto n = ::syscall(SYS_read, number, text.data(), text.size());
  ::syscall(SYS_close, number);
  return {text.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
}

bool matches(std::string_view path, std::string_view pattern) {
  return pattern.ends_with('$') ? path.ends_with(pattern.substr(0, pattern.size() - 1))
                                : path.find(pattern) != std::string_view::npos;
}

bool lists(const std::string& operations, std::string_view wanted) {
  std::istringstream names{operations};
  for (std::string name; std::getline(names, name, ',');)
    if (name == wanted)
      return true;
  return false;
}

/// The path of a descriptor; AT_FDCWD has none.
std::string path_of(int number) {
  std::array<char, 4096> target{};
  const auto link = "/proc/self/fd/" + std::to_string(number);
  const auto n = ::readlink(link.c_str(), target.data(), target.size());
  return {target.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
}

/// Whether the operation must fail; sets `errno` if so, and otherwise leaves it unchanged.
bool fails(std::string_view operation, int folder, std::string_view name) {
  const int before = errno;
  std::istringstream control{read_control()};
  std::string path;
  int number = 0;
  for (std::string operations, pattern; control >> number >> operations >> pattern;) {
    if (path.empty())
      path = name.empty()            ? path_of(folder)
             : name.starts_with('/') ? std::string{name}
                                     : path_of(folder).append(1, '/').append(name);
    if (lists(operations, operation) && matches(path, pattern)) {
      errno = number;
      return true;
    }
  }
  errno = before;
  return false;
}

bool fails(std::string_view operation, int file) {
  return fails(operation, file, {});
}

bool fails_to_open(int folder, const char* path, int flags) {
  return fails((flags & O_CREAT) != 0 ? "create" : "open", folder, path);
}

/// The argument after the flags, if the flags say that there is one.
mode_t mode_after(int flags, std::va_list arguments) {
  const bool has_mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return has_mode ? va_arg(arguments, mode_t) : 0;
}

} // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_after(flags, arguments);
  va_end(arguments);
  return fails_to_open(AT_FDCWD, path, flags) ? -1 : forward<int>("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_after(flags, arguments);
  va_end(arguments);
  return fails_to_open(AT_FDCWD, path, flags) ? -1 : forward<int>("open64", path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const auto mode = mode_after(flags, arguments);
  va_end(arguments);
  return fails_to_open(folder, path, flags) ? -1
                                            : forward<int>("openat", folder, path, flags, mode);
}

ssize_t read(int file, void* bytes, std::size_t size) {
  return fails("read", file) ? -1 : forward<ssize_t>("read", file, bytes, size);
}

ssize_t pread(int file, void* bytes, std::size_t size, off_t offset) {
  return fails("read", file) ? -1 : forward<ssize_t>("pread", file, bytes, size, offset);
}

ssize_t pread64(int file, void* bytes, std::size_t size, off64_t offset) {
  return fails("read", file) ? -1 : forward<ssize_t>("pread64", file, bytes, size, offset);
}

ssize_t sendfile(int to, int file, off_t* offset, std::size_t size) {
  return fails("read", file) ? -1 : forward<ssize_t>("sendfile", to, file, offset, size);
}

ssize_t write(int file, const void* bytes, std::size_t size) {
  return fails("write", file) ? -1 : forward<ssize_t>("write", file, bytes, size);
}

ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t offset) {
  return fails("write", file) ? -1 : forward<ssize_t>("pwrite", file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void* bytes, std::size_t size, off64_t offset) {
  return fails("write", file) ? -1 : forward<ssize_t>("pwrite64", file, bytes, size, offset);
}

int ftruncate(int file, off_t size) {
  return fails("write", file) ? -1 : forward<int>("ftruncate", file, size);
}

int ftruncate64(int file, off64_t size) {
  return fails("write", file) ? -1 : forward<int>("ftruncate64", file, size);
}

int fsync(int file) {
  return fails("sync", file) ? -1 : forward<int>("fsync", file);
}

int fdatasync(int file) {
  return fails("sync", file) ? -1 : forward<int>("fdatasync", file);
}

int renameat(int from, const char* before, int to, const char* after) {
  const bool broken = fails("name", from, before) || fails("name", to, after);
  return broken ? -1 : forward<int>("renameat", from, before, to, after);
}

int linkat(int from, const char* before, int to, const char* after, int flags) {
  const bool broken = fails("name", from, before) || fails("name", to, after);
  return broken ? -1 : forward<int>("linkat", from, before, to, after, flags);
}

int unlinkat(int folder, const char* name, int flags) {
  return fails("name", folder, name) ? -1 : forward<int>("unlinkat", folder, name, flags);
}

int unlink(const char* name) {
  return fails("name", AT_FDCWD, name) ? -1 : forward<int>("unlink", name);
}

int mkdirat(int folder, const char* name, mode_t mode) {
  return fails("name", folder, name) ? -1 : forward<int>("mkdirat", folder, name, mode);
}

} // extern "C"
