// A file that commands edit while servers read it.
#pragma once

#include <filesystem>
#include <string>

namespace gantry::app {

/// All functions throw std::runtime_error, with one line that names the file.
class edited_file {
public:
  /// Reads it; an absent file has no text.
  explicit edited_file(std::filesystem::path file);

  const std::string& text() const noexcept { return text_; }
  /// Throws if the file was absent.
  void demand() const;
  /// Replaces it as a whole, so that no server reads half of it. Its owner and mode stay; a new one
  /// can be read by its owner only.
  void write(const std::string& text) const;
  [[noreturn]] void refuse(const std::string& why) const;

private:
  [[noreturn]] void refuse(int code) const;

  const std::filesystem::path file_;
  std::string text_;
  bool is_there_ = true;
};

} // namespace gantry::app
