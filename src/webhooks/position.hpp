// How far an endpoint has got in the log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace gantry::webhooks {

/// Keeps a number in a file, or in the owner's memory alone. One thread at a time.
class position_file {
public:
  /// `folder` is made by the first `save`; an empty one means that nothing is kept.
  position_file(const std::filesystem::path& folder, const std::string& name);

  /// Absent if there is none. Throws std::runtime_error, which says what to do, if the file cannot
  /// be read or holds no number.
  std::optional<std::uint64_t> load() const;
  /// Replaces the number in one step; it is on the disk when this returns. Throws
  /// std::system_error; the old one is then still there.
  void save(std::uint64_t position) const;

private:
  std::filesystem::path file_;
};

} // namespace gantry::webhooks
