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
#include "storage/api/uploads.hpp"

#include <caf/actor_addr.hpp>
#include <caf/stateful_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gantry {

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

  /// The answer to the opening of a chunk.
  struct opened_chunk {
    result<msg::chunk_reply> outcome;
    /// It replaced another one: what that brought is to be saved, if possible.
    bool replaces = false;
  };
  /// Precondition: not `hashing`.
  opened_chunk begin(const chunk_announcement& chunk);
  /// Whether the bytes may be stored. An error refuses the rest of the chunk, too.
  result<void> admit(const msg::append_chunk& part);
  /// Counts bytes that were admitted and stored, or notes why they were not. Hashes them if
  /// `hashed`; otherwise the caller must call `hash_ended` once for each success. Precondition if
  /// not: `hashes_beside`.
  result<msg::acknowledged> stored(const msg::append_chunk& part, result<void> outcome,
                                   bool hashed);
  /// The answer to the end of a chunk.
  struct closed_chunk {
    result<msg::upload_status> outcome;
    /// The offset that the client is told must survive a restart: save before the answer.
    bool must_save = false;
  };
  /// Precondition: not `hashing`.
  closed_chunk close(const msg::end_chunk& request);
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
  void hash_ended();

  /// What work has to wait for: calls of the sink, or digesters as well.
  enum class turn : std::uint8_t { stored, hashed };
  /// Runs `work` now or when it may, in the order of these calls.
  template <class Work>
  void take_turn(turn when, Work work) {
    if (turns_.empty() && may_run(when))
      work();
    else
      turns_.push_back({when, std::move(work)});
  }
  /// Must surround each call of the sink.
  void call_started();
  void call_ended() { storing_ = false; }
  /// Runs the work whose turn has come. Called after each end of a call or a hash.
  void run_waiting();

  /// The end has begun.
  bool ending() const noexcept { return ending_; }
  /// Whether the bytes of a resumed upload are being hashed; `accept` ends that.
  bool preparing() const noexcept { return preparing_; }
  void begin_preparing();

  /// Whether a chunk is open, or the bytes are being published. Closes a chunk that has been silent
  /// for too long.
  bool busy();
  /// Absent once it was taken.
  const std::optional<msg::move_only<sink_ptr>>& sink() const noexcept { return sink_; }
  /// Hands the bytes over; nothing can be added afterwards.
  msg::move_only<sink_ptr> take_sink();
  const upload_id& id() const noexcept { return *id_; }
  /// Records that there is no room: further requests for this upload get the same answer.
  void refuse(const error& why);
  /// Frees the bytes, including those saved for a restart. Without it, saved bytes outlive the
  /// session.
  void give_up() noexcept;
  /// Saves the upload, so that it survives this process. Precondition: it has a sink. Errors:
  /// disk_full, storage_failed.
  void save(completion<void> done);
  /// Notes the outcome of `save`.
  void saved(bool kept) noexcept { unsaved_ = !kept; }
  /// The last `save` failed: what a client is told now would not survive a restart.
  bool is_unsaved() const noexcept { return unsaved_ && sink_; }
  /// The session is over: all work that waits runs now, and is to be refused for this reason.
  void leave();
  const std::optional<error>& left_because() const noexcept { return left_because_; }

  bool is_expired(time_point now) const;

  /// The repository that the session watches.
  void watches(caf::actor_addr home) { home_ = std::move(home); }
  const caf::actor_addr& home() const noexcept { return home_; }

private:
  void touch();
  /// Whether the open chunk has brought nothing for so long that another may replace it.
  bool is_silent() const;

  registry_services* services_ = nullptr;
  caf::actor_addr home_;
  std::optional<upload_id> id_;
  std::optional<repository_name> repository_;
  std::optional<counted> place_;
  std::optional<msg::move_only<sink_ptr>> sink_;
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
  struct waiting_work {
    turn when;
    std::function<void()> run;
  };
  bool may_run(turn when) const noexcept {
    return left_because_ || (!storing_ && (when == turn::stored || !hashing()));
  }
  std::deque<waiting_work> turns_;
  /// A call of the sink has not been answered.
  bool storing_ = false;
  bool unsaved_ = false;
  bool running_ = false;
  std::optional<error> left_because_;
  std::optional<error> refused_because_;
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

/// What a session begins with.
struct session_start {
  resumed_upload upload;
  /// Among the uploads that count against the limit.
  counted place;
  last_use_ptr used;
};

/// The session of an upload to the repository `home`. `upload_start.hpp` spawns it.
upload_session_actor::behavior_type
upload_session(upload_session_actor::stateful_pointer<upload_session_state> self,
               registry_services* services, repository_actor home, upload_id id,
               const msg::move_only<session_start>& start);

} // namespace gantry
