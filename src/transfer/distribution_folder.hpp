// Reads the data folder of distribution, docker's registry, into a storage engine.
#pragma once

#include "domain/storage.hpp"
#include "transfer/report.hpp"

#include <filesystem>

namespace gantry::transfer {

/// Stores every repository with its blobs, manifests and tags. `folder` is the `rootdirectory` of
/// the filesystem driver, which holds `docker/registry/v2`; that registry is stopped, or read-only.
/// What cannot be taken along is left out and reported: manifests of schema 1, those that need a
/// blob which is damaged or gone, tags without a manifest, files that are links. An index comes
/// with the children that there are. Links to blobs that a collection took are no loss. Uploads
/// that were not finished stay behind. Throws std::runtime_error: the folder is not of that kind,
/// or the engine takes no more.
transfer_report import_distribution_folder(storage_engine& engine,
                                           const std::filesystem::path& folder,
                                           const progress_callback& progress = {});

} // namespace gantry::transfer
