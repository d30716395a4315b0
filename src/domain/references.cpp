#include "domain/references.hpp"

#include "domain/storage.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gantry {

result<void> check_references(const manifest& value,
                              const std::function<bool(const digest&)>& has_blob,
                              const std::function<bool(const digest&)>& has_manifest) {
  std::vector<std::string> missing;
  for (const auto& needed : value.required_blobs())
    if (missing.size() < max_missing_named && !has_blob(needed.target))
      missing.push_back(needed.target.to_string());
  std::set<digest> seen;
  for (const auto& child : value.children()) {
    if (missing.size() >= max_missing_named || !seen.insert(child.target).second)
      continue;
    if (!has_manifest(child.target) && !has_blob(child.target))
      missing.push_back(child.target.to_string());
  }
  if (missing.empty())
    return {};
  error unknown = fail(errc::manifest_blob_unknown, missing.front());
  missing.erase(missing.begin());
  unknown.further = std::move(missing);
  return unknown;
}

} // namespace gantry
