// Reads what `docker save` and `podman save` wrote into a storage engine.
#pragma once

#include "domain/storage.hpp"
#include "transfer/image_name.hpp"
#include "transfer/report.hpp"

#include <filesystem>
#include <optional>

namespace gantry::transfer {

/// Stores the images of `manifest.json` under the names that they have there, without the host of a
/// registry in front; or one image under the name `as`. As a push does, it packs layers by gzip and
/// gives the image a manifest of docker's schema 2 (an OCI one where a layer is packed by zstd); a
/// layer that is packed already stays as it is. The digests of unpacked layers are compared with
/// those that the config lists (image-spec, config.md, "rootfs"). The file may be packed by gzip
/// itself. It is read twice. An image that lacks something, or whose parts are not what they should
/// be, is left out and reported. Throws std::runtime_error with a text that names the file and what
/// is wrong with all of it.
transfer_report import_docker_archive(storage_engine& engine, const std::filesystem::path& file,
                                      const std::optional<image_name>& as = {},
                                      const progress_callback& progress = {});

} // namespace gantry::transfer
