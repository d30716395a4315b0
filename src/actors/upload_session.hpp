// The upload session actor: one upload's offset, running hash and bytes.
//
// Life: its repository spawns it, and `registry_services::uploads` finds it by its id. It ends and
// frees the bytes when the upload is finished, refused at the end, cancelled or expired. If the
// registry stops, it ends and frees nothing: a session of the next process resumes what the engine
// keeps.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/registry_services.hpp"
#include "domain/digest.hpp"
#include "domain/upload.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gantry {

class repository_state;

/// Whether an error means that there is no room, and waiting does not help.
bool is_full(errc code);

/// The state and the decisions of the actor; used by the actor and by tests only.
class upload_session_state {
public:
  static inline const char* name = "upload_session";

  upload_session_state() = default;
  upload_session_state(const upload_session_state&) = delete;
  upload_session_state& operator=(const upload_session_state&) = delete;
  ~upload_session_state();

  void open(registry_services& services, const upload_id& id, resumed_upload start, counted place,
            last_use_ptr used);

  result<msg::chunk_reply> begin(const chunk_announcement& chunk);
  /// Stores and hashes the bytes.
  result<msg::acknowledged> append(const msg::append_chunk& part);
  /// Stores the bytes and leaves the hashing to a digester. The caller must call `hash_ended` once
  /// for each success. Precondition: `hashes_beside`.
  result<msg::acknowledged> append_unhashed(const msg::append_chunk& part);
  /// Precondition: not `hashing`.
  result<msg::upload_status> end(const msg::end_chunk& request);
  /// Does all three, and hashes here because the bytes are few. If bytes are refused, the chunk is
  /// closed as after a broken connection. Precondition: not `hashing`.
  result<msg::upload_status> add(const msg::add_chunk& whole);
  result<msg::upload_status> status();

  /// Begins the end: the upload is busy from now on, and further requests for the same end get the
  /// same answer. Returns whether the caller is the first and must finish the upload. If not,
  /// `done` waits for the outcome, or was called with upload_busy.
  bool begin_end(const std::optional<digest>& wanted, completion<msg::blob_reply> done);
  /// The span of the request that ends the upload; empty if it is not traced.
  void ask_by(telemetry::span_context span) { asked_by_ = std::move(span); }
  const telemetry::span_context& asked_by() const noexcept { return asked_by_; }
  /// Remembers the outcome of the upload, and answers all requests for its end.
  void finish(result<msg::blob_reply> outcome);
  /// The algorithm to hash all bytes with before `verify`; absent if the running hash is enough.
  std::optional<digest_algorithm> missing_hash(const std::optional<digest>& wanted) const;
  /// The digest of the bytes: `wanted`, verified as the policy says, or the computed one. `anew` is
  /// the missing hash. Errors: digest_invalid.
  result<digest> verify(const std::optional<digest>& wanted, const hasher* anew) const;
  /// Takes the hash of all bytes of an upload that was resumed without it. Errors: upload_unknown
  /// (the bytes are not those of the client).
  result<void> accept(std::shared_ptr<hasher> anew);
  /// Whether the next bytes are for a digester.
  bool hashes_beside() const noexcept;
  /// A digester uses it, too, until it has answered.
  const std::shared_ptr<hasher>& running_hash() const noexcept { return hash_; }
  bool hashing() const noexcept { return hashing_ > 0; }
  /// Runs `what` when the last digester has answered.
  void when_hashed(std::function<void()> what) { when_hashed_.push_back(std::move(what)); }
  void hash_ended();

  /// The end has begun.
  bool ending() const noexcept { return ending_; }
  /// Whether the bytes of a resumed upload are being hashed; `accept` ends that.
  bool preparing() const noexcept { return preparing_; }
  void begin_preparing();

  /// Whether a chunk is open, or the bytes are being published. Closes a chunk that has been silent
  /// for too long.
  bool busy();
  /// Absent once it was taken.
  const std::optional<msg::move_only<std::unique_ptr<blob_sink>>>& sink() const noexcept {
    return sink_;
  }
  /// Hands the bytes over; nothing can be added afterwards.
  msg::move_only<std::unique_ptr<blob_sink>> take_sink();
  const upload_id& id() const noexcept { return *id_; }
  /// Records that there is no room: further requests for this upload get the same answer.
  void refuse(const error& why);
  /// Frees the bytes, including those saved for a restart. Without it, saved bytes outlive the
  /// session.
  void give_up() noexcept;
  /// Saves the upload, so that it survives this process. Errors: disk_full, storage_failed.
  result<void> save();

  bool is_expired(time_point now) const;

  /// The repository that the session watches.
  void watches(caf::actor_addr home) { home_ = std::move(home); }
  const caf::actor_addr& home() const noexcept { return home_; }

private:
  void touch();
  result<msg::acknowledged> append(const msg::append_chunk& part, bool hashed);
  /// Counts, stores and hashes the bytes, or changes nothing and returns the error.
  std::optional<error> take(const msg::append_chunk& part, bool hashed);
  /// Whether the open chunk has brought nothing for so long that another may replace it.
  bool is_silent() const;

  registry_services* services_ = nullptr;
  caf::actor_addr home_;
  std::optional<upload_id> id_;
  std::optional<repository_name> repository_;
  std::optional<counted> place_;
  std::optional<msg::move_only<std::unique_ptr<blob_sink>>> sink_;
  std::shared_ptr<hasher> hash_;
  /// The digest that the bytes of a resumed upload must have.
  std::optional<digest> expected_;
  bool preparing_ = false;
  /// Set once the end has begun, with its digest and those who wait for it.
  bool ending_ = false;
  std::optional<digest> wanted_;
  telemetry::span_context asked_by_;
  std::vector<completion<msg::blob_reply>> waiting_;
  /// Chunks at a digester.
  std::size_t hashing_ = 0;
  std::vector<std::function<void()>> when_hashed_;
  upload_progress progress_;
  /// The number of the chunk that is open, or was last.
  chunk_number number_ = 0;
  /// When that chunk last brought bytes.
  time_point last_bytes_{};
  /// The open chunk is the last one: publication or the end follows.
  bool final_ = false;
  /// Why bytes of the open chunk were refused; later bytes that are already in flight must not be
  /// taken either.
  std::optional<error> failed_;
  last_use_ptr used_;
};

/// Spawns a session for `parent`, which watches it, and adds it to the index. Errors:
/// too_many_uploads, insufficient_storage, disk_full, storage_failed, internal.
result<msg::upload_started>
start_upload(repository_actor::stateful_pointer<repository_state> parent,
             registry_services& services, const msg::start_upload& request);
/// Spawns a session for a saved upload; if there is one already, returns that. Errors:
/// upload_unknown, disk_full, storage_failed.
result<msg::upload_started>
resume_upload(repository_actor::stateful_pointer<repository_state> parent,
              registry_services& services, const upload_id& id);

} // namespace gantry
