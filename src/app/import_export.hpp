// Content from other programs' files into the data folder of a stopped registry, and out of it.
#pragma once

#include "storage/disk/lock_wait.hpp"
#include "transfer/docker_archive.hpp"
#include "transfer/layout_export.hpp"
#include "transfer/layout_import.hpp"

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace gantry::app {

/// `oci:DIR[:NAME]`: an OCI image layout, and one image in it.
struct layout_place {
  std::filesystem::path folder;
  std::string name;
};

/// `docker-archive:FILE`.
struct archive_place {
  std::filesystem::path file;
};

/// `registry:DIR`: the data folder of distribution.
struct distribution_place {
  std::filesystem::path folder;
};

using transfer_source = std::variant<layout_place, archive_place, distribution_place>;

/// Throws std::invalid_argument with a line that says what may stand there.
transfer_source parse_source(std::string_view text);
/// Only `oci:DIR[:NAME]`. Throws as above.
layout_place parse_destination(std::string_view text);

struct import_command {
  std::filesystem::path folder;
  transfer_source source;
  std::optional<transfer::image_name> as;
  storage::lock_wait wait_for_lock = {};
};

struct export_command {
  std::filesystem::path folder;
  std::filesystem::path layout;
  transfer::export_selection selection;
  storage::lock_wait wait_for_lock = {};
};

/// Prints what could not be taken along and a report on stdout, and a bar on `terminal` while that
/// is one. The exit status: 0, or 1 if something was left out or is incomplete. Throws
/// std::runtime_error if nothing could be done, with one line that says why.
int run(const import_command& command, std::FILE* terminal = stderr);
int run(const export_command& command, std::FILE* terminal = stderr);

} // namespace gantry::app
