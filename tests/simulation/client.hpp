// A client of the simulated registry: one operation at a time, and what it knows about its upload.
#pragma once

#include "actors/errors.hpp"
#include "actors/interfaces.hpp"
#include "domain/upload_id.hpp"
#include "simulation/content.hpp"
#include "simulation/history.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace gantry::simulation {

/// An upload that its client has not seen end.
struct open_upload {
  upload_id id;
  repository_name repository;
  const blob_content* blob;
  /// Not later than its record.
  time_point saved;
  /// Null after a restart.
  upload_session_actor session;
  /// The offset is one of these; they differ after an answer that was not a number.
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  /// What the answer to a chunk said: after a restart it stands there, even if a later chunk, whose
  /// answer was an error, was seen by an earlier process.
  std::uint64_t kept = 0;
  /// An answer, or a loss of power, allows that it is gone.
  bool may_be_gone = false;
  /// When the first request to finish it was sent: its blob may be there instead.
  std::optional<std::pair<std::uint64_t, time_point>> finish = {};
};

/// What sends a client's requests; ends with the registry that it talks to.
class requester {
public:
  explicit requester(caf::actor_system& system);
  ~requester() { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }
  requester(const requester&) = delete;
  requester& operator=(const requester&) = delete;

  /// Calls `then` with the answer, unless the requester ends first.
  template <class Reply, class Handle, class Message>
  void ask(const Handle& receiver, Message question, std::function<void(result<Reply>)> then) {
    if (!receiver)
      return then(fail(errc::unavailable));
    auto send = [self = self_, receiver, question, then] {
      (*self)
        ->request(receiver, caf::infinite, question)
        .then([then](Reply& reply) { then(std::move(reply)); },
              [then](const caf::error& failure) { then(from_caf(failure)); });
    };
    caf::anon_send(actor_, msg::resume{std::move(send)});
  }

private:
  /// Known once it has begun.
  std::shared_ptr<caf::event_based_actor*> self_ = std::make_shared<caf::event_based_actor*>();
  caf::actor actor_;
};

struct client {
  std::unique_ptr<requester> requests;
  bool is_busy = false;
  std::deque<operation> waiting;
  std::optional<open_upload> upload;
};

/// Whether an answer leaves open what became of the request: the disk, or the end of the process.
bool says_nothing(const error& why);

} // namespace gantry::simulation
