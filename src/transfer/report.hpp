// What a transfer did.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::transfer {

struct transfer_report {
  /// Each repository that a manifest is put into counts it.
  std::uint64_t manifests = 0;
  std::uint64_t tags = 0;
  /// Blobs that were copied; those that were there already are not.
  std::uint64_t blobs = 0;
  /// Of the blobs copied.
  std::uint64_t bytes = 0;
  /// A line for each thing that could not be taken along, with the reason. The rest is whole.
  std::vector<std::string> left_out;
};

} // namespace gantry::transfer
