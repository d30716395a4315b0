// A file that is written completely or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace gantry::transfer {

/// Writes to a temporary file next to the target and renames it at the end. If destroyed
/// unfinished, it leaves nothing behind; a crash may leave a file `.NAME.part`. All functions throw
/// std::runtime_error.
class file_output {
public:
  /// Creates the folder of the file.
  explicit file_output(const std::filesystem::path& file);
  file_output(const file_output&) = delete;
  file_output& operator=(const file_output&) = delete;
  ~file_output();

  void append(std::span<const std::byte> bytes);
  /// Makes the bytes durable, then the name. Call once.
  void finish();

private:
  [[noreturn]] void fail(int number) const;
  void close() noexcept;

  std::filesystem::path file_;
  std::filesystem::path part_;
  int descriptor_ = -1;
};

} // namespace gantry::transfer
