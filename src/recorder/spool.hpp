// A body on its way: in memory or, if it is large, in a file.
#pragma once

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace gantry::recorder {

/// Why the last system call of this thread failed.
boost::system::error_code last_error();

/// In bytes: a larger body moves to a file.
inline constexpr std::size_t max_in_memory = 1024 * 1024;

/// Not thread-safe.
class spool {
public:
  /// The file lies in `folder` and has no name, so it ends with this object or the process.
  explicit spool(std::filesystem::path folder);
  spool(const spool&) = delete;
  spool& operator=(const spool&) = delete;
  ~spool();

  /// Must not be called again after an error. Errors: those of files.
  boost::system::error_code append(std::string_view bytes);

  std::uint64_t size() const noexcept { return size_; }
  bool is_in_memory() const noexcept { return file_ < 0; }
  /// The whole body. Precondition: it is in memory.
  std::string_view bytes() const noexcept;
  /// Precondition: it is not in memory.
  int file() const noexcept;
  /// Replaces `into` by at most `most` bytes at `offset`; fewer only at the end. Errors: those of
  /// files.
  boost::system::error_code read(std::uint64_t offset, std::size_t most, std::string& into) const;

private:
  boost::system::error_code move_to_file();

  std::filesystem::path folder_;
  std::string memory_;
  std::uint64_t size_ = 0;
  int file_ = -1;
};

} // namespace gantry::recorder
