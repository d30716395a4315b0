// What `gantry bench` was asked to do.
#pragma once

#include "bench/crew.hpp"
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

/// Common to all workloads.
struct load_options {
  /// What `registry_url::parse` takes.
  std::string url;
  crew_settings clients;
  /// `NAME:PASSWORD`, or `NAME` and a file that holds the password and nothing else but a line's
  /// end. Empty: nobody.
  std::string user;
  std::string password_file;
  /// Neither duration nor count: ten seconds.
  pace how;
  /// The seed is drawn where none is given: a registry has not seen the content then.
  std::optional<std::uint64_t> seed;
  image_settings images;
  upload_settings uploads;
  /// Deletes at the end what was pushed.
  bool cleanup = false;
  /// Where the figures go as JSON; nowhere if empty.
  std::string output;
  /// Where they go as a page with plots; nowhere if empty.
  std::string html;
};

struct push_options : load_options {};

struct pull_options : load_options {
  /// Images that are pushed first, and then pulled in turn; at least one.
  std::uint64_t set_size = 16;
  pull_settings pulls;
};

struct mixed_options : load_options {
  mix weights;
  /// Images that are pushed first, to be pulled and looked at; at least one.
  std::uint64_t set_size = 16;
};

struct tags_options : load_options {
  /// Manifests and tags share one repository.
  tags_options() { images.repositories = 1; }

  /// Tags that are moved; at least one.
  std::uint32_t tags = 1;
  /// Images that are pushed first, and that tags move between; at least one.
  std::uint64_t set_size = 16;
};

struct catalog_options : load_options {
  catalog_options() {
    images.repositories = 100;
    images.layer_size = layer_sizes{layer_sizes::least};
  }

  /// Of each repository; at least one.
  std::uint32_t tags = 20;
  /// Entries that are asked for at a time; at least one.
  std::uint32_t page = 10;
};

struct mount_storm_options : load_options {
  /// All layers come from one repository.
  mount_storm_options() { images.repositories = 1; }

  /// Images whose layers are mounted; at least one.
  std::uint64_t set_size = 16;
};

struct resume_options : load_options {
  resume_options() { uploads.mode = upload_mode::chunked; }

  /// How often an upload loses its connection.
  std::uint32_t cuts = 1;
};

struct churn_options : load_options {
  /// Images of each connection that are left alone.
  std::uint32_t keep = 10;
};

/// `count` is for each test.
struct zb_options : load_options {
  /// Names of tests; none for all.
  std::vector<std::string> tests;
};

struct compare_options {
  /// Files that `--output` wrote.
  std::string base;
  std::string other;
};

} // namespace gantry::bench
