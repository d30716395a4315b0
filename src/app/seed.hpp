// The initial content of a registry.
#pragma once

#include "storage/api/engine.hpp"
#include "synthesis/synthesizer.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

namespace gantry::app {

/// Fills empty engines. Not thread-safe.
class seeder {
public:
  /// `what` is "true" for the image `library/hello-world:latest`, "false" for nothing, the folder
  /// of an OCI image layout (see `import_layout`), an archive of `docker save` (see
  /// `import_docker_archive`), or a YAML file (`.yml` or `.yaml`) that describes the content (see
  /// `read_description`). `room` is the most bytes that an engine can hold.
  explicit seeder(std::string what, std::uint64_t room = std::numeric_limits<std::uint64_t>::max())
    : what_{std::move(what)}, room_{room} {}

  /// Blocks until everything is stored; no other thread may write to the engine meanwhile. The
  /// first time it reads a YAML file, which may change or vanish afterwards. Throws
  /// std::invalid_argument if there is no such file or folder, std::runtime_error with the reason
  /// if its content is invalid, and transfer::engine_full. A description that is invalid or needs
  /// more than the room is refused before anything is stored.
  void fill(storage_engine& engine);

private:
  synthesis::synthesizer read(const std::filesystem::path& file) const;

  std::string what_;
  std::uint64_t room_;
  std::optional<synthesis::synthesizer> described_;
};

/// Fills one engine once.
void seed(storage_engine& engine, std::string_view what);

} // namespace gantry::app
