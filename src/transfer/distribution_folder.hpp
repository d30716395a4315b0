// Imports the data folder of distribution, docker's registry, into a storage engine.
#pragma once

#include "storage/api/engine.hpp"
#include "transfer/file_adopter.hpp"
#include "transfer/report.hpp"

#include <filesystem>

namespace gantry::transfer {

struct distribution_options {
  /// Takes over files instead of copying them: those of blobs that a manifest names, after a check
  /// of their size. Empty: copy.
  file_adopter adopt = {};
  /// Reads also the files that are taken over, and compares digests.
  bool verify = false;
};

/// Stores every repository with its blobs, manifests and tags. `folder` is the `rootdirectory` of
/// the filesystem driver, which contains `docker/registry/v2`. Precondition: that registry is
/// stopped or read-only. The report lists what is left out: manifests of schema 1, manifests that
/// need a damaged or missing blob, tags without a manifest, files that are links. An index is
/// imported without its missing children. Links to garbage-collected blobs are ignored, and so are
/// unfinished uploads. Throws std::runtime_error if the folder is not of that kind or the engine is
/// full.
transfer_report import_distribution_folder(storage_engine& engine,
                                           const std::filesystem::path& folder,
                                           const progress_callback& progress = {},
                                           const distribution_options& options = {});

} // namespace gantry::transfer
