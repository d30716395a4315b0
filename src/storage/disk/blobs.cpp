#include "storage/disk/blobs.hpp"

#include "storage/disk/blob.hpp"
#include "storage/disk/blob_check.hpp"
#include "storage/disk/schema.hpp"
#include "storage/disk/sink.hpp"

#include <boost/polymorphic_cast.hpp>

#include <string>
#include <utility>

namespace gantry::storage {

namespace {

/// Concurrent syncs: a journalling file system merges them into one write.
constexpr std::size_t syncing_threads = 8;

/// Where a small blob is stored; also records whether its digest was taken on trust.
blob_place place_of(const disk_blob& blob) {
  const auto& id = blob.id();
  const bool is_verified =
    id.algorithm() != digest_algorithm::verbatim && digest::of(blob.text(), id.algorithm()) == id;
  return is_verified ? blob_place::database : blob_place::database_trusted;
}

/// Inserts a row, or fills one whose bytes were lost.
result<void> insert_row(sqlite::connection& database, const disk_blob& blob, std::int64_t lease) {
  const auto key = blob.id().to_binary();
  const auto size = static_cast<std::int64_t>(blob.size());
  const bool is_inline = blob.is_inline();
  const auto place = is_inline ? place_of(blob) : blob_place::file;
  const auto before = find_row(database, blob.id());
  const auto counted =
    before && before->state != blob_state::purging ? static_cast<std::int64_t>(before->size) : 0;
  database.run("INSERT INTO blobs (digest, size, state, lease_until, inline) "
               "VALUES (?1, ?2, 0, ?3, ?4) "
               "ON CONFLICT (digest) DO UPDATE SET size = ?2, state = 0, "
               "lease_until = MAX(lease_until, ?3), inline = ?4",
               sqlite::bytes{key}, size, lease, static_cast<std::int64_t>(place));
  const auto row = before ? before->id : database.last_insert_id();
  if (is_inline)
    database.run("INSERT INTO blob_contents VALUES (?1, ?2) "
                 "ON CONFLICT (blob_id) DO UPDATE SET content = ?2",
                 row, sqlite::bytes{blob.text()});
  else if (before && before->place != blob_place::file)
    database.run("DELETE FROM blob_contents WHERE blob_id = ?1", row);
  if (size != counted)
    database.run("UPDATE totals SET bytes = bytes + ?1", size - counted);
  return {};
}

result<void> revive_row(sqlite::connection& database, const disk_blob& blob, std::int64_t lease) {
  const auto changed =
    database.run("UPDATE blobs SET state = 0, lease_until = MAX(lease_until, ?2) "
                 "WHERE digest = ?1 AND state IN (0, 1, 4)",
                 sqlite::bytes{blob.id().to_binary()}, lease);
  return changed == 1 ? result<void>{} : result<void>{fail(errc::blob_unknown)};
}

} // namespace

struct disk_blobs::request {
  sink_ptr sink;
  digest id;
  time_point lease_until;
  completion<blob_ptr> done;
  /// The generation of the engine's contents when the request was made.
  std::uint64_t generation;
  telemetry::span_context part_of;

  disk_sink& bytes() const { return boost::polymorphic_downcast<disk_sink&>(*sink); }
};

disk_blobs::disk_blobs(disk_store& store) : store_{store}, syncing_{syncing_threads, store.steps} {}

disk_blobs::~disk_blobs() {
  if (store_.steps)
    store_.steps->run_until([this] { return has_ended(); });
  unique_lock lock{mutex_};
  while (open_requests_ > 0)
    all_ended_.wait(lock);
}

bool disk_blobs::has_ended() {
  const lock_guard lock{mutex_};
  return open_requests_ == 0;
}

void disk_blobs::request_ended() {
  const lock_guard lock{mutex_};
  if (--open_requests_ == 0)
    all_ended_.notify_all();
}

void disk_blobs::publish(sink_ptr sink, const digest& id, time_point lease_until,
                         completion<blob_ptr> done) {
  auto asked =
    std::make_shared<request>(request{std::move(sink), id, lease_until, std::move(done),
                                      store_.uploads->generation, telemetry::current_span()});
  {
    const lock_guard lock{mutex_};
    ++open_requests_;
  }
  auto present = read_database(store_.readers, [&](auto& database) -> result<blob_ptr> {
    const auto row = find_row(database, asked->id);
    return row && has_bytes(*row) ? open_intact(store_, database, asked->id, *row)
                                  : result<blob_ptr>{blob_ptr{}};
  });
  if (!present)
    return give_up(asked, std::move(present).error());
  if (*present)
    return store_row(asked, std::move(*present));
  if (asked->bytes().is_inline()) {
    auto published = std::make_shared<publication>();
    return store_row(asked, std::make_shared<disk_blob>(asked->id, asked->bytes().take_text(),
                                                        std::move(published)));
  }
  syncing_.submit([this, asked] { store_bytes(asked); });
}

result<file> disk_blobs::move_bytes(const request& asked) {
  telemetry::span syncing{asked.part_of, "sync"};
  syncing.set("gantry.bytes", static_cast<std::int64_t>(asked.bytes().size()));
  return asked.bytes().move_to(asked.id);
}

void disk_blobs::store_bytes(const request_ptr& asked) {
  const telemetry::span_scope working{asked->part_of};
  const auto size = asked->bytes().size();
  auto durable = move_bytes(*asked);
  if (!durable)
    return give_up(asked, std::move(durable).error());
  auto published = std::make_shared<publication>();
  store_row(
    asked, std::make_shared<disk_blob>(asked->id, size, std::move(*durable), std::move(published)));
}

void disk_blobs::store_row(const request_ptr& asked, blob_ptr published) {
  asked->sink.reset(); // saved files stay: see `forget_upload`
  auto write = [this, asked, published](sqlite::connection& database) {
    const auto& blob = boost::polymorphic_downcast<const disk_blob&>(*published);
    auto written = write_row(database, blob, *asked);
    // Set now, so that a link in the same transaction sees it.
    if (!written && blob.published())
      blob.published()->failed(written.error());
    return written;
  };
  auto committed = [this, published](result<void> outcome) {
    const auto& state = boost::polymorphic_downcast<const disk_blob&>(*published).published();
    if (!outcome && state)
      state->failed(std::move(outcome).error());
    if (state)
      state->settle();
    request_ended();
  };
  store_.writes.submit(std::move(write), std::move(committed), writer::effect::stores);
  asked->done(std::move(published));
}

result<void> disk_blobs::write_row(sqlite::connection& database, const disk_blob& blob,
                                   const request& asked) const {
  // A publication that began before the engine was cleared must not bring the blob back.
  if (asked.generation != store_.uploads->generation)
    return fail(errc::unavailable);
  const auto lease = to_milliseconds(asked.lease_until);
  try {
    return blob.published() ? insert_row(database, blob, lease) : revive_row(database, blob, lease);
  } catch (const sqlite::failure& failed) {
    if (blob.published())
      blob.published()->failed(database_failure(failed));
    throw;
  }
}

void disk_blobs::give_up(const request_ptr& asked, error why) {
  // After any failure, above all a failed sync, these bytes must not be used again.
  asked->bytes().discard();
  asked->sink.reset();
  asked->done(std::move(why));
  request_ended();
}

result<blob_ptr> disk_blobs::look_up(const digest& id) {
  return read_database(store_.readers, [&](auto& database) -> result<blob_ptr> {
    const auto row = find_row(database, id);
    if (row && is_to_be_found(database, *row)) {
      auto opened = open_intact(store_, database, id, *row);
      if (!opened || *opened)
        return opened;
      quarantine_soon(store_, id);
    }
    return fail(errc::blob_unknown, id.to_string());
  });
}

bool disk_blobs::is_to_be_found(sqlite::connection& database, const blob_row& row) const {
  if (row.state != blob_state::live)
    return false;
  return database.number("SELECT 1 FROM links WHERE blob_id = ?1 LIMIT 1", 0, row.id) == 1 ||
         row.lease_until > to_milliseconds(store_.now());
}

void disk_blobs::settle(const blob_ptr& published, completion<void> done) {
  if (const auto& row = boost::polymorphic_downcast<const disk_blob&>(*published).published())
    row->when_settled(std::move(done));
  else
    store_.writes.when_written(std::move(done)); // its row existed, and is revived
}

} // namespace gantry::storage
