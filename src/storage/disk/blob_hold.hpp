// Keeps the files of blobs while another process copies them.
//
// A lock of the kernel on a file in the data folder (flock): it works between processes and ends
// with them, however they end.
#pragma once

#include "storage/disk/files.hpp"

#include <filesystem>
#include <optional>

namespace gantry::storage {

/// For a backup: while the returned file is open, no collection removes blobs from `folder`. Waits
/// until a collection has removed those that it is at, a few hundred at most. Throws
/// std::runtime_error.
file hold_blobs(const std::filesystem::path& folder);

/// For a collection: while the returned file is open, blobs may be removed. Null if a backup holds
/// them. Errors: disk_full, storage_failed.
result<std::optional<file>> claim_removal(const std::filesystem::path& folder,
                                          file_system& system = real_file_system());

} // namespace gantry::storage
