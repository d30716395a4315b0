// The record of an open upload: its progress, so that another process can resume it.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"
#include "domain/upload.hpp"
#include "domain/upload_id.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::storage {

/// An upload that has a record.
struct saved_upload {
  upload_id id;
  repository_name repository;
  time_point saved;
};

struct upload_record {
  saved_upload whose;
  upload_position position;
  digest_algorithm algorithm = digest_algorithm::sha256;
  /// Null if another version of OpenSSL wrote it: hash the bytes again.
  std::optional<hasher> hash;
  /// The bytes themselves if there is no data file yet.
  std::string inline_bytes;
  /// Written before a reboot: the data file may hold fewer or other bytes than the record says.
  bool stale = false;
};

/// Encodes the record with its length, a checksum and `file_system::boot_id`.
std::string encode(const saved_upload& whose, const upload_position& position, const hasher& hash,
                   std::string_view inline_bytes, std::string_view boot_id);

/// The length of a record that begins like this; zero if none does.
std::size_t length_of_record(std::string_view beginning) noexcept;

/// Reads the record at the beginning of `text`. Null if it is damaged or has another version.
std::optional<upload_record> decode_record(std::string_view text, std::string_view boot_id);

} // namespace gantry::storage
