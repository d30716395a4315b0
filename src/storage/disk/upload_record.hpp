// The record of an open upload: one small file that says how far it is, so that another process can
// go on with it.
#pragma once

#include "domain/storage.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::storage {

struct upload_record {
  repository_name repository;
  upload_position position;
  digest_algorithm algorithm = digest_algorithm::sha256;
  /// Null where another version of OpenSSL wrote it: hash the bytes anew.
  std::optional<hasher> hash;
  /// The bytes themselves where there is no data file yet.
  std::string inline_bytes;
  /// Written in another run of the machine: the data file may hold less, or other bytes, than the
  /// record says.
  bool stale = false;
};

/// Names this run of the machine: what a file held before a crash of the machine may be gone
/// afterwards, what it held before the end of a process may not. Empty where nothing says it.
std::string current_boot_id();

/// The bytes of the file, with a checksum and the boot id.
std::string encode(const repository_name& repository, const upload_position& position,
                   const hasher& hash, std::string_view inline_bytes, std::string_view boot_id);

/// The repository that a record names, from its first kilobyte and without a look at the checksum.
std::optional<repository_name> repository_of_record(std::string_view beginning);

/// Null for a text that is damaged or of another version.
std::optional<upload_record> decode_record(std::string_view text, std::string_view boot_id);

} // namespace gantry::storage
