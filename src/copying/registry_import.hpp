// Copies repositories from a running registry into an engine.
#pragma once

#include "client/access_rules.hpp"
#include "client/tls.hpp"
#include "storage/api/engine.hpp"
#include "transfer/report.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace gantry::copying {

struct registry_import_options {
  /// `HOST[:PORT]`.
  std::string host;
  /// Empty: all repositories of the catalog.
  std::string repository = {};
  /// Empty: all tags.
  std::string label = {};
  client::tls_settings tls = {};
  /// Empty: what `docker login` has kept.
  std::optional<client::credentials> who = {};
  /// Downloads at the same time.
  std::size_t parallel = 4;
};

struct registry_import_report {
  transfer::transfer_report copied;
  /// Tags that pointed to the same manifest already.
  std::uint64_t unchanged = 0;
};

/// Copies tags with their manifests, the children of indexes, referrers and blobs. What the engine
/// has already is not fetched, so a copy can be interrupted and repeated; a tag moves to where it
/// points in the registry. Every digest and size is verified. Blocks. Throws std::runtime_error if
/// the registry cannot be read, or the engine is full.
registry_import_report import_registry(storage_engine& engine,
                                       const registry_import_options& options,
                                       const progress_callback& progress = {});

} // namespace gantry::copying
