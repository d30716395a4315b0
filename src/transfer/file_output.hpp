// A file that is written whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace gantry::transfer {

/// Writes beside the place where the file shall be, and moves it there at the end. Destroyed
/// unfinished, it leaves nothing behind; a crash may leave a file `.NAME.part`. Everything throws
/// std::runtime_error.
class file_output {
public:
  /// Makes the folder that the file is in.
  explicit file_output(const std::filesystem::path& file);
  file_output(const file_output&) = delete;
  file_output& operator=(const file_output&) = delete;
  ~file_output();

  void append(std::span<const std::byte> bytes);
  /// The bytes are on the disk, then the name is. Once.
  void finish();

private:
  [[noreturn]] void fail(int number) const;
  void close() noexcept;

  std::filesystem::path file_;
  std::filesystem::path part_;
  int descriptor_ = -1;
};

} // namespace gantry::transfer
