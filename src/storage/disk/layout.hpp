// Paths in a data folder: pure functions from digests and upload ids.
#pragma once

#include "domain/digest.hpp"
#include "domain/upload_id.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::storage::layout {

inline constexpr const char* database = "metadata.db";
inline constexpr const char* database_wal = "metadata.db-wal";
inline constexpr const char* database_shm = "metadata.db-shm";
inline constexpr const char* lock = "lock";
inline constexpr const char* blobs = "blobs";
inline constexpr const char* uploads = "uploads";
/// The records of open uploads.
inline constexpr const char* upload_records = "upload-records";
/// Bytes for deletions on a full disk; has no content.
inline constexpr const char* reserve = "reserve";
inline constexpr const char* quarantine = "quarantine";
/// The socket of the server that has the folder open.
inline constexpr const char* control = "control";
/// Locked while a backup needs blobs, and while a collection removes some.
inline constexpr const char* hold = "hold";
/// Marks a folder that holds a backup.
inline constexpr const char* backup = "backup";

/// Which of the 256 fan-out folders holds the blob.
std::uint8_t fan_out(const digest& id) noexcept;
/// For example `0a`.
std::string folder_name(std::uint8_t fan_out);
/// The name of a blob's file: lower-case hex of the digest, or of a verbatim digest's characters.
std::string file_name(const digest& id);
/// The inverse. Errors: digest_invalid (`file_name` never makes this name).
result<digest> parse_file_name(digest_algorithm algorithm, std::string_view name);

/// The file of an upload's bytes.
std::string data_name(const upload_id& id);

} // namespace gantry::storage::layout
