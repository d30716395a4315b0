// How content is deleted.
#pragma once

#include "domain/digest.hpp"
#include "domain/history.hpp"
#include "domain/time_point.hpp"

#include <cstdint>
#include <string>

namespace gantry {

/// What becomes of a manifest that is deleted.
enum class remains : std::uint8_t {
  /// Its blobs are garbage, unless something else needs them.
  nothing,
  /// It is kept, with what it needs, and can be brought back until a collection ends that.
  kept,
  /// It cannot be brought back, even if it was deleted and kept before. Blobs that no other
  /// manifest
  /// of its repository needs can no longer be pulled from there.
  purged,
};

struct removal {
  changer_ptr by = nullptr;
  remains leaves = remains::nothing;
};

/// A manifest that was deleted and is kept.
struct removed_manifest {
  digest id;
  std::string media_type;
  /// In bytes.
  std::uint64_t size = 0;
  time_point removed{};
};

} // namespace gantry
