#include "runtime/ask.hpp"

#include "runtime/actor_scheduler.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <caf/abstract_actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/make_actor.hpp>
#include <caf/weak_intrusive_ptr.hpp>

#include <atomic>
#include <memory>
#include <optional>

namespace asio = boost::asio;

namespace gantry::runtime {

namespace {

/// The coroutine or handler that waits for a reply.
class waiter {
public:
  virtual ~waiter() = default;
  virtual void resume(caf::message answer) = 0;
};

template <class Handler>
class waiting_handler final : public waiter {
public:
  explicit waiting_handler(Handler handler)
    : executor_{asio::prefer(asio::get_associated_executor(handler),
                             asio::execution::outstanding_work.tracked)},
      handler_{std::move(handler)} {}

  void resume(caf::message answer) override {
    auto resumed = [handler = std::move(handler_), answer = std::move(answer)]() mutable {
      if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
        slot.clear();
      std::move(handler)(std::move(answer));
    };
    asio::post(std::exchange(executor_, {}), std::move(resumed));
  }

private:
  asio::any_io_executor executor_;
  Handler handler_;
};

/// The pseudo actor that sends exactly one request. Thread-safe: the first completion wins.
class reply_slot final : public caf::abstract_actor {
public:
  using signatures = caf::none_t;

  explicit reply_slot(caf::actor_config& config) : abstract_actor(config) {}

  void complete(caf::message answer) {
    if (completed_.exchange(true, std::memory_order_acq_rel))
      return;
    answer_ = std::move(answer);
    if (phase_.exchange(phase::answered, std::memory_order_acq_rel) == phase::waiting)
      resume();
  }

  /// Precondition: there is no waiter yet.
  std::optional<caf::message> early() {
    if (phase_.load(std::memory_order_acquire) != phase::answered)
      return std::nullopt;
    return std::move(answer_);
  }

  /// Resumes the handler with the reply, never from within this call. Call once.
  template <class Handler>
  void wait(Handler handler) {
    if (auto cancellation = asio::get_associated_cancellation_slot(handler);
        cancellation.is_connected())
      cancellation.assign([weak = caf::weak_actor_ptr{ctrl()}](asio::cancellation_type) {
        if (auto self = weak.lock())
          static_cast<reply_slot*>(self->get())
            ->complete(caf::make_message(caf::make_error(caf::sec::request_timeout)));
      });
    waiter_ = std::make_unique<waiting_handler<Handler>>(std::move(handler));
    auto before = phase::open;
    if (!phase_.compare_exchange_strong(before, phase::waiting, std::memory_order_acq_rel))
      resume();
  }

  using abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    if (what->mid.is_response())
      complete(what->move_content_to_message());
  }
  void on_destroy() override {
    if (completed_.load(std::memory_order_acquire))
      return;
    complete(caf::make_message(caf::make_error(caf::sec::request_receiver_down)));
  }

  // Reply slots are neither monitored nor linked.
  void attach(caf::attachable_ptr) override {}
  std::size_t detach(const caf::attachable::token&) override { return 0; }
  void add_link(caf::abstract_actor*) override {}
  void remove_link(caf::abstract_actor*) override {}
  bool add_backlink(caf::abstract_actor*) override { return false; }
  bool remove_backlink(caf::abstract_actor*) override { return false; }

private:
  enum class phase { open, waiting, answered };

  void resume() { std::exchange(waiter_, nullptr)->resume(std::move(answer_)); }

  std::atomic<bool> completed_{false};
  std::atomic<phase> phase_{phase::open};
  caf::message answer_;
  std::unique_ptr<waiter> waiter_;
};

reply_slot& slot_of(const caf::strong_actor_ptr& pointer) {
  return static_cast<reply_slot&>(*pointer->get());
}

/// This thread's worker, if it belongs to the receiver's actor system; a process may run several.
actor_worker* worker_of(const caf::actor_system& system) {
  auto* worker = current_worker();
  return worker && &worker->system() == &system ? worker : nullptr;
}

caf::strong_actor_ptr make_slot(const caf::strong_actor_ptr& receiver) {
  auto* system = receiver->home_system;
  caf::actor_config config{worker_of(*system)};
  return caf::make_actor<reply_slot, caf::strong_actor_ptr>(system->next_actor_id(), receiver->nid,
                                                            system, config);
}

void send(const caf::strong_actor_ptr& receiver, caf::mailbox_element_ptr request) {
  auto* worker = worker_of(*receiver->home_system);
  // The asker waits anyway, so the receiver may run now, on this thread.
  const eager_actors at_once{worker};
  receiver->get()->enqueue(std::move(request), worker);
}

struct wait_for_reply {
  template <class Handler>
  // By value: the waiting coroutine's frame must not keep a reference.
  void operator()(Handler&& handler, caf::strong_actor_ptr slot) const {
    slot_of(slot).wait(std::forward<Handler>(handler));
  }
};

caf::message no_receiver() {
  return caf::make_message(caf::make_error(caf::sec::request_receiver_down));
}

} // namespace

actor_worker*& current_worker() noexcept {
  static thread_local actor_worker* worker = nullptr;
  return worker;
}

sent_request::sent_request(const caf::strong_actor_ptr& receiver,
                           caf::mailbox_element_ptr request) {
  if (!receiver)
    return;
  slot_ = make_slot(receiver);
  request->sender = slot_;
  send(receiver, std::move(request));
}

std::optional<caf::message> sent_request::early() {
  return slot_ ? slot_of(slot_).early() : no_receiver();
}

asio::awaitable<caf::message> sent_request::wait() {
  // Drop this reference, so that the slot notices when no one else can answer.
  return asio::async_initiate<const asio::use_awaitable_t<>, void(caf::message)>(
    wait_for_reply{}, asio::use_awaitable, std::move(slot_));
}

void ask_message(caf::strong_actor_ptr receiver, caf::mailbox_element_ptr request,
                 asio::any_io_executor executor, std::function<void(caf::message)> handler) {
  if (!receiver) {
    asio::post(executor, [handler = std::move(handler)] { handler(no_receiver()); });
    return;
  }
  auto slot = make_slot(receiver);
  slot_of(slot).wait(asio::bind_executor(executor, std::move(handler)));
  request->sender = std::move(slot);
  send(receiver, std::move(request));
}

} // namespace gantry::runtime
