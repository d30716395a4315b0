// Imports archives of `docker save` and `podman save` into a storage engine.
#pragma once

#include "storage/api/engine.hpp"
#include "transfer/image_name.hpp"
#include "transfer/report.hpp"

#include <filesystem>
#include <optional>

namespace gantry::transfer {

/// Stores the images of `manifest.json` under their names there, without the registry host, or a
/// single image under the name `as`. Like a push, it compresses layers with gzip and creates a
/// manifest of docker's schema 2 (an OCI one if a layer uses zstd); compressed layers are kept as
/// they are. Digests of uncompressed layers are checked against the config (image-spec, config.md,
/// "rootfs"). The file itself may be gzip-compressed. It is read twice. The report lists images
/// that are left out because they are incomplete or damaged. Throws std::runtime_error with the
/// file and the reason if nothing can be imported.
transfer_report import_docker_archive(storage_engine& engine, const std::filesystem::path& file,
                                      const std::optional<image_name>& as = {},
                                      const progress_callback& progress = {});

} // namespace gantry::transfer
