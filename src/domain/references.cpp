#include "domain/references.hpp"

#include "domain/seen_digests.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace gantry {

namespace {

using policy = validation_policy::references;

/// Digests to look up, each once: blobs first, then children.
struct wanted_content {
  std::vector<digest> ids;
  /// The size of each blob according to the manifest.
  std::vector<std::uint64_t> blob_sizes;
};

wanted_content wanted_by(const manifest_write& write) {
  wanted_content wanted;
  const auto blobs = write.value->required_blobs();
  seen_digests seen;
  for (const auto& needed : blobs) {
    seen.insert(needed.target);
    wanted.ids.push_back(needed.target);
    wanted.blob_sizes.push_back(needed.size);
  }
  if (write.references == policy::accept)
    return wanted;
  for (const auto& child : write.value->children())
    if (seen.insert(child.target))
      wanted.ids.push_back(child.target);
  return wanted;
}

error wrong_size(const digest& id, std::uint64_t actual, std::uint64_t named) {
  return fail(errc::manifest_invalid, id.to_string() + " has " + std::to_string(actual) +
                                        " bytes, not " + std::to_string(named));
}

error unknown(const std::vector<digest>& missing) {
  error refused = fail(errc::manifest_blob_unknown, missing.front().to_string());
  for (auto next = missing.begin() + 1; next != missing.end(); ++next)
    refused.further.push_back(next->to_string());
  return refused;
}

/// Finds everything that is missing, whatever the policy.
result<missing_references> search(const wanted_content& wanted, bool check_sizes,
                                  const content_lookup& look_up) {
  missing_references missing;
  std::array<held_content, max_looked_up> found;
  for (std::size_t start = 0; start < wanted.ids.size(); start += max_looked_up) {
    const auto batch =
      std::span{wanted.ids}.subspan(start, std::min(max_looked_up, wanted.ids.size() - start));
    found.fill({});
    look_up(batch, std::span{found}.first(batch.size()));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const bool is_blob = start + i < wanted.blob_sizes.size();
      const auto& size = found[i].blob_size;
      if (is_blob && check_sizes && size && *size != wanted.blob_sizes[start + i])
        return wrong_size(batch[i], *size, wanted.blob_sizes[start + i]);
      if (size || (!is_blob && found[i].is_manifest))
        continue;
      missing.named.push_back(batch[i]);
      if (missing.named.size() == max_missing_named) {
        missing.stopped = start + i + 1 < wanted.ids.size();
        return missing;
      }
    }
  }
  return missing;
}

} // namespace

std::vector<digest> references_of(const manifest& value) {
  std::vector<digest> named;
  named.reserve(1 + value.layers().size() + value.children().size());
  seen_digests seen;
  const auto add = [&](const digest& target) {
    if (seen.insert(target))
      named.push_back(target);
  };
  if (value.config())
    add(value.config()->target);
  for (const auto& layer : value.layers())
    add(layer.target);
  for (const auto& child : value.children())
    add(child.target);
  return named;
}

result<missing_references> check_references(const manifest_write& write,
                                            const content_lookup& look_up) {
  if (write.references == policy::accept && !write.check_sizes)
    return missing_references{};
  auto missing = search(wanted_by(write), write.check_sizes, look_up);
  if (!missing || missing->named.empty())
    return missing;
  if (write.references == policy::reject)
    return unknown(missing->named);
  return write.references == policy::warn ? std::move(missing)
                                          : result<missing_references>{missing_references{}};
}

} // namespace gantry
