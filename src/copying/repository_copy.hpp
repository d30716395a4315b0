// Copies one repository from a running registry.
#pragma once

#include "base/mutex.hpp"
#include "copying/parallel_work.hpp"
#include "copying/registry_reader.hpp"
#include "transfer/content_writer.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gantry::copying {

/// The registry that is copied from, and what is known of it.
struct copied_registry {
  /// One for each thread.
  std::vector<std::unique_ptr<registry_reader>> readers;
  /// Whether it has the API of referrers; false after the first 404.
  std::atomic<bool> has_referrers{true};
  /// Tags that pointed to the same manifest already.
  std::uint64_t unchanged = 0;
};

/// Finds the manifests of some tags, then fetches their blobs, then stores the manifests, children
/// first: an interruption leaves no manifest without its blobs. Faults are lines of the writer's
/// report. One thread calls it; it starts one per reader.
class repository_copy {
public:
  repository_copy(copied_registry& from, transfer::content_writer& writer, repository_name name)
    : from_{from}, writer_{writer}, repository_{std::move(name)} {}

  /// All manifests that these tags lead to are in memory meanwhile, but no blob.
  void put(const std::vector<tag>& labels);

private:
  /// A manifest to look at: of a tag, or by its digest.
  using task = std::variant<tag, digest>;

  void visit(std::size_t thread, const task& each);
  void visit_tag(registry_reader& from, const tag& label);
  void visit_digest(registry_reader& from, const digest& id);
  manifest fetch(registry_reader& from, const std::string& name, const digest* expected);
  void arrived(registry_reader& from, manifest_ptr value, bool is_new);
  void add_referrers(registry_reader& from, const digest& id);
  void add(const digest& id) GANTRY_REQUIRES(mutex_);

  void put_blobs();
  void put_blob(registry_reader& from, const descriptor& blob);
  void put_manifests();
  /// Stores its children first. Returns why it cannot be stored; empty if it is.
  std::string put_manifest(const digest& id, int depth);
  void put_children(const manifest& value, int depth);
  std::string find_fault(const manifest& value) const;

  std::string name_of(const std::string& reference) const {
    return repository_.to_string() + (reference.find(':') == std::string::npos ? ':' : '@') +
           reference;
  }

  copied_registry& from_;
  parallel_work<task> work_;

  /// While threads work, all below belongs to it.
  mutex mutex_;
  transfer::content_writer& writer_;
  const repository_name repository_;
  /// Manifests that were or will be looked at.
  std::set<digest> seen_;
  std::map<digest, manifest_ptr> manifests_;
  /// Those that the engine lacks.
  std::set<digest> new_;
  /// The tags that are to move.
  std::map<digest, std::vector<tag>> tags_;
  /// Blobs and manifests that cannot be had, and why.
  std::map<digest, std::string> broken_;
  /// What `put_manifest` has returned.
  std::map<digest, std::string> outcomes_;
};

/// Whether a child of an index is a manifest: build caches list blobs there.
bool is_manifest_type(const descriptor& content);

} // namespace gantry::copying
