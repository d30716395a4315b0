// Tags that a rule removes from a repository.
#pragma once

#include "domain/digest.hpp"
#include "domain/reference.hpp"
#include "domain/removal.hpp"

#include <vector>

namespace gantry {

struct expired_tag {
  tag name;
  /// What it must still point to.
  digest target;

  bool operator==(const expired_tag&) const = default;
};

struct expiry {
  std::vector<expired_tag> tags;
  /// What becomes of the manifests that go with them.
  removal how = {};
};

} // namespace gantry
