// The record of an open upload: a small file with its progress, so that another process can resume
// it.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/repository_name.hpp"
#include "domain/upload.hpp"
#include "storage/file_system.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::storage {

struct upload_record {
  repository_name repository;
  upload_position position;
  digest_algorithm algorithm = digest_algorithm::sha256;
  /// Null if another version of OpenSSL wrote it: hash the bytes again.
  std::optional<hasher> hash;
  /// The bytes themselves if there is no data file yet.
  std::string inline_bytes;
  /// Written before a reboot: the data file may hold fewer or other bytes than the record says.
  bool stale = false;
};

/// Encodes the record with a checksum and `file_system::boot_id`.
std::string encode(const repository_name& repository, const upload_position& position,
                   const hasher& hash, std::string_view inline_bytes, std::string_view boot_id);

/// The repository that a record names, from its first kilobyte; does not verify the checksum.
std::optional<repository_name> repository_of_record(std::string_view beginning);

/// The repository that the record `name` in a folder names; null if the record is gone or damaged.
/// Errors: descriptors_exhausted, storage_failed.
result<std::optional<repository_name>> read_repository(folder_view folder, const std::string& name);

/// Null if the text is damaged or has another version.
std::optional<upload_record> decode_record(std::string_view text, std::string_view boot_id);

} // namespace gantry::storage
