// The options of `gantry bench`.
#pragma once

#include "bench/client_pool.hpp"
#include "bench/image_source.hpp"
#include "bench/registry_client.hpp"
#include "bench/schedule.hpp"
#include "bench/workloads/mix.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::bench {

/// Options of all workloads.
struct load_options {
  /// A URL for `registry_url::parse`.
  std::string url;
  pool_settings clients;
  /// `NAME:PASSWORD`; or `NAME`, and a file whose first line is the password. Empty: anonymous.
  std::string user;
  std::string password_file;
  /// Ten seconds if it has neither a duration nor a count.
  load_shape how;
  /// Random by default, so that the content is new to the registry.
  std::optional<std::uint64_t> seed;
  image_settings images;
  upload_settings uploads;
  /// Delete the pushed content at the end.
  bool cleanup = false;
  /// A JSON file for the figures. Empty: none.
  std::string output;
  /// An HTML file for the figures, with plots. Empty: none.
  std::string html;
};

struct push_options : load_options {};

struct pull_options : load_options {
  /// Images that are pushed first and then pulled in turn; at least one.
  std::uint64_t set_size = 16;
  pull_settings pulls;
};

struct mixed_options : load_options {
  mix weights;
  /// Images that are pushed first, then pulled and looked up; at least one.
  std::uint64_t set_size = 16;
};

struct tags_options : load_options {
  /// Manifests and tags share one repository.
  tags_options() { images.repositories = 1; }

  /// Tags to move; at least one.
  std::uint32_t tags = 1;
  /// Images that are pushed first, for the tags to move between; at least one.
  std::uint64_t set_size = 16;
};

struct catalog_options : load_options {
  catalog_options() {
    images.repositories = 100;
    images.layer_size = layer_sizes{layer_sizes::least};
  }

  /// Per repository; at least one.
  std::uint32_t tags = 20;
  /// Entries per page; at least one.
  std::uint32_t page = 10;
};

struct mount_storm_options : load_options {
  /// All layers are mounted from one repository.
  mount_storm_options() { images.repositories = 1; }

  /// Images whose layers are mounted; at least one.
  std::uint64_t set_size = 16;
};

struct resume_options : load_options {
  resume_options() { uploads.mode = upload_mode::chunked; }

  /// How many times an upload loses its connection.
  std::uint32_t cuts = 1;
};

struct churn_options : load_options {
  /// Images of each connection that are not deleted.
  std::uint32_t keep = 10;
};

/// The count is per test.
struct zb_options : load_options {
  /// Names of tests. Empty: all.
  std::vector<std::string> tests;
};

struct compare_options {
  /// Two files written by `--output`.
  std::string base;
  std::string other;
};

} // namespace gantry::bench
