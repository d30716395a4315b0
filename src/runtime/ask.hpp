// Connects Asio and CAF: `co_await ask(actor, message)` sends a request and resumes with the reply.
//
// A one-shot *reply slot* is the sender. It completes with the reply, or with an error when the
// last reference to the request goes away unanswered (a dead actor, a dropped promise), so every
// ask completes. Waiting honours cancellation and counts as outstanding work of the executor.
#pragma once

#include "actors/errors.hpp"
#include "domain/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/response_type.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace gantry::runtime {

class actor_worker;

/// The scheduler worker of this thread, if CAF's actors run on the io threads; requests and replies
/// then stay local.
actor_worker*& current_worker() noexcept;

/// A request in progress. An idle receiver runs while the request is sent, so the reply is usually
/// available without waiting.
class sent_request {
public:
  sent_request(const caf::strong_actor_ptr& receiver, caf::mailbox_element_ptr request);

  /// The reply, or a message that holds one caf::error, if available already. Call once.
  std::optional<caf::message> early();
  /// Waits for the reply. Call once, and only if `early` returned nothing.
  boost::asio::awaitable<caf::message> wait();

private:
  caf::strong_actor_ptr slot_;
};

/// Sends a request; `handler` runs on `executor` with the message that a `sent_request` would
/// return.
void ask_message(caf::strong_actor_ptr receiver, caf::mailbox_element_ptr request,
                 boost::asio::any_io_executor executor, std::function<void(caf::message)> handler);

namespace detail {

template <class Reply>
caf::expected<Reply> unpack(caf::message answer) {
  if (answer.match_elements<Reply>())
    return std::move(answer.get_mutable_as<Reply>(0));
  // CAF answers with an empty error if a handler threw.
  if (answer.match_elements<caf::error>())
    if (auto& failure = answer.get_mutable_as<caf::error>(0))
      return std::move(failure);
  return caf::make_error(caf::sec::unexpected_response);
}

template <class Message>
caf::mailbox_element_ptr wrap(Message&& message) {
  return caf::make_mailbox_element(nullptr, caf::make_message_id(1), {},
                                   std::forward<Message>(message));
}

template <class Actor, class Message>
struct reply_of;

template <class... Signatures, class Message>
struct reply_of<caf::typed_actor<Signatures...>, Message> {
  using types = caf::response_type_unbox<caf::detail::type_list<Signatures...>,
                                         caf::detail::type_list<Message>>;
  static_assert(types::valid, "the actor does not accept this message");
  using type = caf::detail::tl_head_t<typename types::type>;
};

} // namespace detail

template <class Actor, class Message>
using reply_of = typename detail::reply_of<Actor, Message>::type;

/// A `sent_request` with a typed reply. The caf::error distinguishes a receiver that is gone from
/// one that refused; see `from_caf`.
template <class Reply>
class pending_reply {
public:
  explicit pending_reply(sent_request sent) : sent_{std::move(sent)} {}

  /// The reply if available already. Call once. It saves the caller a coroutine frame.
  std::optional<caf::expected<Reply>> early() {
    auto answer = sent_.early();
    if (!answer)
      return std::nullopt;
    return detail::unpack<Reply>(std::move(*answer));
  }

  /// Waits for the reply. Call once, and only if `early` returned nothing.
  boost::asio::awaitable<caf::expected<Reply>> wait() {
    auto answer = co_await sent_.wait();
    co_return detail::unpack<Reply>(std::move(answer));
  }

private:
  sent_request sent_;
};

/// Sends a request. The reply type follows from the actor's interface; a message that it does not
/// accept does not compile.
template <class... Signatures, class Message>
auto begin_ask(const caf::typed_actor<Signatures...>& receiver, Message message) {
  using reply = reply_of<caf::typed_actor<Signatures...>, Message>;
  return pending_reply<reply>{sent_request{caf::actor_cast<caf::strong_actor_ptr>(receiver),
                                           detail::wrap(std::move(message))}};
}

namespace detail {

template <class Reply>
boost::asio::awaitable<caf::expected<Reply>> finish(pending_reply<Reply> asked) {
  auto answer = asked.early();
  if (answer)
    co_return std::move(*answer);
  auto late = co_await asked.wait();
  co_return late;
}

} // namespace detail

/// Sends a request and waits for the reply.
template <class... Signatures, class Message>
auto ask(const caf::typed_actor<Signatures...>& receiver, Message message) {
  return detail::finish(begin_ask(receiver, std::move(message)));
}

/// Sends a request without a coroutine: `handler(result<reply>)` runs on `executor`.
template <class... Signatures, class Message, class Handler>
void ask(const caf::typed_actor<Signatures...>& receiver, Message message,
         const boost::asio::any_io_executor& executor, Handler handler) {
  using reply = reply_of<caf::typed_actor<Signatures...>, Message>;
  ask_message(caf::actor_cast<caf::strong_actor_ptr>(receiver), detail::wrap(std::move(message)),
              executor, [handler = std::move(handler)](caf::message answer) mutable {
                handler(from_caf(detail::unpack<reply>(std::move(answer))));
              });
}

/// Sends a message and ignores the answer.
template <class... Signatures, class Message>
void tell(const caf::typed_actor<Signatures...>& receiver, Message message) {
  caf::anon_send(receiver, std::move(message));
}

} // namespace gantry::runtime
