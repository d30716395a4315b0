// The socket in a data folder on which the server takes orders of local administrators.
#pragma once

#include "domain/error.hpp"
#include "storage/api/engine.hpp"
#include "storage/disk/files.hpp"

#include <atomic>
#include <filesystem>
#include <thread>

namespace gantry::app {

/// Serves `control_order` on a thread of its own, one order at a time. It needs no password: the
/// kernel says which user asks, and only the server's own user and root are answered. One owner.
class control_socket {
public:
  /// Listens in `folder`, which this process has locked: a socket that is there already was left
  /// behind. If that is impossible, logs a warning: the server works without it. `policy` is that
  /// of the server's own collections. `engine` outlives this.
  control_socket(const std::filesystem::path& folder, storage_engine& engine, gc_policy policy);
  /// Tells a collection to end after its current piece, and waits for it.
  ~control_socket();
  control_socket(const control_socket&) = delete;
  control_socket& operator=(const control_socket&) = delete;

private:
  /// False, with `errno`, if it fails.
  bool listen();
  void serve();
  void answer(const storage::file& peer);
  result<gc_report> carry_out(std::string_view text);

  storage_engine& engine_;
  const gc_policy policy_;
  storage::file folder_;
  storage::file listening_;
  /// Readable once the thread has to end (eventfd).
  storage::file end_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace gantry::app
