// Transfers content between other programs' files and the data folder of a stopped registry.
#pragma once

#include "client/access_rules.hpp"
#include "client/tls.hpp"
#include "storage/disk/lock_wait.hpp"
#include "transfer/docker_archive.hpp"
#include "transfer/layout_export.hpp"
#include "transfer/layout_import.hpp"

#include <cstddef>
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

/// `docker://HOST[:PORT][/NAME[:TAG]]`: a registry, one of its repositories, or an image.
struct registry_place {
  std::string host;
  std::string repository;
  std::string label;
};

using transfer_source =
  std::variant<layout_place, archive_place, distribution_place, registry_place>;

/// Throws std::invalid_argument with a line that lists the allowed forms.
transfer_source parse_source(std::string_view text);
/// Only `oci:DIR[:NAME]`. Throws like `parse_source`.
layout_place parse_destination(std::string_view text);

struct import_command {
  std::filesystem::path folder;
  transfer_source source;
  std::optional<transfer::image_name> as;
  /// Takes over the files of a distribution folder; with `verify`, after reading them.
  bool link = false;
  bool verify = false;
  /// How to reach a registry.
  client::tls_settings tls = {};
  std::optional<client::credentials> who = {};
  std::size_t parallel = 4;
  storage::lock_wait wait_for_lock = {};
};

struct export_command {
  std::filesystem::path folder;
  std::filesystem::path layout;
  transfer::export_selection selection;
  storage::lock_wait wait_for_lock = {};
};

/// Prints a report of what was transferred and left out on stdout, and a progress bar on `terminal`
/// if it is one. Returns the exit status: 0, or 1 if something was left out or is incomplete.
/// Throws std::runtime_error with a one-line reason if nothing could be done.
int run(const import_command& command, std::FILE* terminal = stderr);
int run(const export_command& command, std::FILE* terminal = stderr);

} // namespace gantry::app
