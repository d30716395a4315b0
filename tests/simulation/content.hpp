// The few blobs, manifests, tags and repositories that all clients push, so that they meet.
#pragma once

#include "domain/manifest.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"

#include <string>
#include <vector>

namespace gantry::simulation {

struct blob_content {
  digest id;
  std::string bytes;
};

struct content {
  std::vector<repository_name> repositories;
  std::vector<tag> tags;
  /// Half of them are small enough for the database.
  std::vector<blob_content> blobs;
  /// Each names two of the blobs.
  std::vector<manifest_ptr> manifests;

  const blob_content* find(const digest& id) const;
};

const content& all_content();

/// Every blob that a manifest names.
std::vector<digest> blobs_of(const manifest& value);

} // namespace gantry::simulation
