// The HTTP Archive of a recording. It grows in a file beside its own, which it replaces when it is
// complete.
#pragma once

#include "recorder/har_entry.hpp"
#include "recorder/spool.hpp"
#include "replay/har_reader.hpp"

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace gantry::recorder {

/// Not thread-safe.
class archive {
public:
  /// `version` is that of the program. `most` bytes are kept; a reader takes no more than the
  /// default. Throws std::runtime_error if the file cannot be made.
  archive(std::filesystem::path file, std::string_view version,
          std::uint64_t most = replay::max_archive);
  archive(const archive&) = delete;
  archive& operator=(const archive&) = delete;
  /// Drops what was recorded, unless `finish` has succeeded.
  ~archive();

  /// Adds an exchange and the body of its response, or nothing. Errors: file_too_large (the archive
  /// would have more bytes or exchanges than a reader takes), those of files.
  boost::system::error_code add(const exchange& seen, const spool& body);

  /// How many exchanges were added.
  std::size_t count() const noexcept { return count_; }
  const std::filesystem::path& file() const noexcept { return file_; }
  /// Where the file lies: there is room for what is on its way.
  std::filesystem::path folder() const;

  /// Puts the file in its place. Nothing can be added afterwards. Throws std::runtime_error.
  void finish();

private:
  boost::system::error_code add_text(const exchange& seen, std::string_view text);
  boost::system::error_code add_bytes(const exchange& seen, const spool& body);
  boost::system::error_code add_whole(std::string_view entry);
  bool has_room(std::uint64_t bytes) const noexcept;
  boost::system::error_code write(std::uint64_t& end, std::string_view bytes) const;
  [[noreturn]] void refuse(int code) const;

  std::filesystem::path file_;
  /// Empty when the archive is finished.
  std::string draft_;
  std::uint64_t most_;
  int descriptor_ = -1;
  /// Where the next entry begins: what a failed one has left behind it is overwritten.
  std::uint64_t end_ = 0;
  std::size_t count_ = 0;
};

} // namespace gantry::recorder
