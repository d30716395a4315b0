// Blobs of the disk engine.
#pragma once

#include "base/mutex.hpp"
#include "base/worker_pool.hpp"
#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/upload_id.hpp"
#include "storage/api/blobs.hpp"
#include "storage/api/uploads.hpp"
#include "storage/disk/store.hpp"

#include <cstddef>
#include <memory>

namespace gantry::storage {

class disk_blob;

/// Thread-safe.
class disk_blobs final : public blob_engine {
public:
  explicit disk_blobs(disk_store& store);
  /// Waits for publications in progress.
  ~disk_blobs() override;

  /// Precondition: `sink` belongs to this engine. Durable in this order: the bytes, their name, the
  /// row. `done` is called before the row is committed; a link cannot be committed before the row.
  void publish(sink_ptr sink, const digest& id, time_point lease_until,
               completion<blob_ptr> done) override;
  void settle(const blob_ptr& published, completion<void> done) override;
  void find(const digest& id, completion<blob_ptr> done) override { done(look_up(id)); }

private:
  struct request;
  result<blob_ptr> look_up(const digest& id);
  using request_ptr = std::shared_ptr<request>;

  void store_bytes(const request_ptr& asked);
  /// Makes the bytes durable.
  static result<file> move_bytes(const request& asked);
  /// Submits the row, and answers.
  void store_row(const request_ptr& asked, blob_ptr published);
  result<void> write_row(sqlite::connection& database, const disk_blob& blob,
                         const request& asked) const;
  /// Whether a repository links the blob or its row keeps it. False for the rest of a blob that was
  /// deleted everywhere.
  bool is_to_be_found(sqlite::connection& database, const blob_row& row) const;
  void give_up(const request_ptr& asked, error why);
  void request_ended();
  /// No request is open.
  bool has_ended();

  disk_store& store_;
  mutex mutex_;
  condition_variable all_ended_;
  std::size_t open_requests_ GANTRY_GUARDED_BY(mutex_) = 0;
  // Last member: its threads use the others.
  worker_pool syncing_;
};

} // namespace gantry::storage
