// The place of a database: a file, and the file system that it is on.
#pragma once

#include <string>
#include <utility>

namespace gantry::storage::sqlite {

struct location {
  /// Implicit: most databases are on the file system of the operating system.
  location(std::string file, // NOLINT(google-explicit-constructor)
           const char* file_system = nullptr)
    : path{std::move(file)}, vfs{file_system} {}

  std::string path;
  /// The name of a registered `sqlite::vfs`, or null for SQLite's own.
  const char* vfs;
};

} // namespace gantry::storage::sqlite
