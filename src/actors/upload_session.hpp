// The upload session actor: one upload's offset, running hash and bytes.
//
// Life: spawned by its repository, found by its id in `registry_services::uploads`; ends when the
// upload is finished, refused at the end, cancelled or expired, which gives the bytes back. When
// the registry stops it just ends: what its engine keeps is there for a session of the next
// process.
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

/// Whether an error says that there is no room, which waiting does not change.
bool is_full(errc code);

/// What the actor knows and decides; only the actor calls it, and tests do.
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
  /// Keeps and hashes.
  result<msg::acknowledged> append(const msg::append_chunk& part);
  /// Keeps, and leaves the hashing to a digester: `hash_ended` is to be called once for each
  /// success. Precondition: `hashes_beside`.
  result<msg::acknowledged> append_unhashed(const msg::append_chunk& part);
  /// Precondition: not `hashing`.
  result<msg::upload_status> end(const msg::end_chunk& request);
  /// All three, and hashes here, for the bytes are few. Bytes that are refused close the chunk as a
  /// broken connection does. Precondition: not `hashing`.
  result<msg::upload_status> add(const msg::add_chunk& whole);
  result<msg::upload_status> status();

  /// Begins the end: from now on the upload is busy. Whoever asks for the same end meanwhile gets
  /// the same answer. Whether the caller is the first, who has to bring it about; `done` may have
  /// been called with upload_busy.
  bool begin_end(const std::optional<digest>& wanted, completion<msg::blob_reply> done);
  /// Remembers what became of the upload, and answers all who asked for its end.
  void finish(result<msg::blob_reply> outcome);
  /// What the bytes must be hashed with anew, as a whole, before `verify`.
  std::optional<digest_algorithm> missing_hash(const std::optional<digest>& wanted) const;
  /// The digest that the bytes shall have from now on: `wanted` once it was verified as the policy
  /// says, or the computed one. `anew` is the missing hash. Errors: digest_invalid.
  result<digest> verify(const std::optional<digest>& wanted, const hasher* anew) const;
  /// The bytes were hashed as a whole, for an upload that was resumed without its hash. Errors:
  /// upload_unknown (they are not the client's).
  result<void> accept(std::shared_ptr<hasher> anew);
  /// Whether the next bytes are for a digester.
  bool hashes_beside() const noexcept;
  /// Also the digester's until it has answered.
  const std::shared_ptr<hasher>& running_hash() const noexcept { return hash_; }
  bool hashing() const noexcept { return hashing_ > 0; }
  /// Runs `what` when the last digester has answered.
  void when_hashed(std::function<void()> what) { when_hashed_.push_back(std::move(what)); }
  void hash_ended();

  /// The end has begun.
  bool ending() const noexcept { return ending_; }
  /// Whether the bytes of an upload that was resumed are being hashed: `accept` ends that.
  bool preparing() const noexcept { return preparing_; }
  void begin_preparing();

  /// A chunk is open, or the bytes are being published. A chunk that has been silent for too long
  /// is closed instead.
  bool busy();
  /// Null once it was taken.
  const std::optional<msg::move_only<std::unique_ptr<blob_sink>>>& sink() const noexcept {
    return sink_;
  }
  /// Hands the bytes over; nothing can be added afterwards.
  msg::move_only<std::unique_ptr<blob_sink>> take_sink();
  const upload_id& id() const noexcept { return *id_; }
  /// There is no room for it: what the client asks of it from now on gets the same answer.
  void refuse(const error& why);
  /// Gives the bytes back, also what was kept for a restart. Without it the end of the session
  /// keeps what was saved.
  void give_up() noexcept;
  /// So that the upload survives this process. Errors: disk_full, storage_failed.
  result<void> save();

  bool is_expired(time_point now) const;

  /// The repository that the session watches.
  void watches(caf::actor_addr home) { home_ = std::move(home); }
  const caf::actor_addr& home() const noexcept { return home_; }

private:
  void touch();
  result<msg::acknowledged> append(const msg::append_chunk& part, bool hashed);
  /// Counts, keeps and hashes, or changes nothing and says why.
  std::optional<error> take(const msg::append_chunk& part, bool hashed);
  /// Whether the open chunk has brought nothing for so long that it gives way.
  bool is_silent() const;

  registry_services* services_ = nullptr;
  caf::actor_addr home_;
  std::optional<upload_id> id_;
  std::optional<repository_name> repository_;
  std::optional<counted> place_;
  std::optional<msg::move_only<std::unique_ptr<blob_sink>>> sink_;
  std::shared_ptr<hasher> hash_;
  /// What the bytes of an upload that was resumed must give.
  std::optional<digest> expected_;
  bool preparing_ = false;
  /// Set once the end has begun: which, and who waits for it.
  bool ending_ = false;
  std::optional<digest> wanted_;
  std::vector<completion<msg::blob_reply>> waiting_;
  /// Chunks that a digester has.
  std::size_t hashing_ = 0;
  std::vector<std::function<void()>> when_hashed_;
  upload_progress progress_;
  /// Of the chunk that is open, or was last.
  chunk_number number_ = 0;
  /// When that brought bytes last.
  time_point last_bytes_{};
  /// The open chunk ends the upload: what comes next is its publication or its end.
  bool final_ = false;
  /// Why bytes of the open chunk were refused: those behind them, already on their way, must not be
  /// taken either.
  std::optional<error> failed_;
  last_use_ptr used_;
};

/// Spawns a session for `parent`, which watches it, and enters it into the index. Errors:
/// too_many_uploads, insufficient_storage, disk_full, storage_failed, internal.
result<msg::upload_started>
start_upload(repository_actor::stateful_pointer<repository_state> parent,
             registry_services& services, const msg::start_upload& request);
/// The same for an upload that was kept; one that is awake already is the answer. Errors:
/// upload_unknown, disk_full, storage_failed.
result<msg::upload_started>
resume_upload(repository_actor::stateful_pointer<repository_state> parent,
              registry_services& services, const upload_id& id);

} // namespace gantry
