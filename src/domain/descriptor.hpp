// A reference from one piece of content to another (image-spec, descriptor.md).
#pragma once

#include "domain/digest.hpp"

#include <cstdint>
#include <string>

namespace gantry {

struct descriptor {
  /// As written in the manifest; may be of any type.
  std::string media_type;
  digest target;
  /// In bytes.
  std::uint64_t size = 0;

  bool operator==(const descriptor&) const = default;
};

} // namespace gantry
