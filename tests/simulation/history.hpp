// What happens to a registry: operations of clients, and what the world does to it. Made from a
// seed, and made shorter if it fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace gantry::simulation {

enum class action : std::uint8_t {
  start_upload,
  add_chunk,
  finish_upload,
  cancel_upload,
  ask_upload,
  mount_blob,
  head_blob,
  pull_blob,
  put_manifest,
  pull_tag,
  pull_manifest,
  delete_tag,
  delete_manifest,
  delete_blob,
  /// Tags, as a run of retention: only if they are where it has read them.
  expire_tags,
  /// Takes a change back that the client has read of.
  undo,
  /// A manifest with its blobs, into another repository.
  copy_manifest,
  /// All tags and manifests of a repository.
  delete_repository,
  /// Uploads what a manifest names, then puts it: several of the others.
  push_image,
  // What the world does.
  collect,
  tidy,
  wait,
  stop,
  crash,
  lose_power,
};

/// One action; the numbers choose what it is done to.
struct operation {
  action what = action::wait;
  std::uint8_t client = 0;
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

inline constexpr std::uint64_t usual_capacity = 16 * 1024 * 1024;

/// The world of a history.
struct conditions {
  /// In percent: see `schedule::set_engine_share`.
  unsigned engine_share = 50;
  /// How often a client's next operation is chosen before everything else, in percent.
  unsigned haste = 30;
  /// How often work beside goes on at a call of the disk, in percent.
  unsigned interleaving = 20;
  /// Of 1000 calls of the disk, how many fail.
  unsigned faults = 0;
  /// Of 10,000 calls of the disk, at how many the process ends.
  unsigned crashes = 0;
  /// Those ends are losses of power.
  bool power = false;
  std::uint64_t capacity = usual_capacity;
  /// How long a sync takes, in milliseconds.
  unsigned sync_time = 1;
  bool delete_untagged = false;
  /// Deleted manifests are kept for a while.
  bool keeps_removed = false;
  /// Much is deleted and collected, and the process ends once, at the end.
  bool garbage = false;
};

struct history {
  std::uint64_t seed = 0;
  conditions around;
  std::vector<operation> operations;
};

inline constexpr std::size_t clients = 3;

history make_history(std::uint64_t seed);

std::string to_string(const operation& each);
void print(std::ostream& out, const history& all);

} // namespace gantry::simulation
