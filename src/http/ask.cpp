#include "http/ask.hpp"

#include "http/actor_scheduler.hpp"

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
#include <optional>
#include <type_traits>

namespace asio = boost::asio;

namespace gantry::http {

namespace {

/// The pseudo actor that is the sender of exactly one request. Thread-safe: the first to complete
/// it wins.
template <class Handler>
class reply_slot final : public caf::abstract_actor {
public:
  using signatures = caf::none_t;

  reply_slot(caf::actor_config& config, Handler handler)
    : abstract_actor(config),
      executor_{asio::prefer(asio::get_associated_executor(handler),
                             asio::execution::outstanding_work.tracked)},
      handler_{std::move(handler)} {}

  void complete(caf::message answer) {
    if (completed_.exchange(true, std::memory_order_acq_rel))
      return;
    auto executor = *std::exchange(executor_, std::nullopt);
    auto resume = [handler = *std::exchange(handler_, std::nullopt),
                   answer = std::move(answer)]() mutable {
      if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
        slot.clear();
      std::move(handler)(std::move(answer));
    };
    asio::post(executor, std::move(resume));
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

  // Nobody watches or links a reply slot.
  void attach(caf::attachable_ptr) override {}
  std::size_t detach(const caf::attachable::token&) override { return 0; }
  void add_link(caf::abstract_actor*) override {}
  void remove_link(caf::abstract_actor*) override {}
  bool add_backlink(caf::abstract_actor*) override { return false; }
  bool remove_backlink(caf::abstract_actor*) override { return false; }

private:
  std::atomic<bool> completed_{false};
  std::optional<asio::any_io_executor> executor_;
  std::optional<Handler> handler_;
};

/// This thread's worker, if it belongs to the receiver's actor system: a process may run several.
actor_worker* worker_of(const caf::actor_system& system) {
  auto* worker = current_worker();
  return worker && &worker->system() == &system ? worker : nullptr;
}

struct send_request {
  template <class Handler>
  void operator()(Handler&& handler, caf::strong_actor_ptr& receiver,
                  caf::mailbox_element_ptr& request) const {
    using slot_type = reply_slot<std::decay_t<Handler>>;
    auto cancellation = asio::get_associated_cancellation_slot(handler);
    auto* system = receiver->home_system;
    auto* worker = worker_of(*system);
    caf::actor_config config{worker};
    auto slot = caf::make_actor<slot_type, caf::strong_actor_ptr>(
      system->next_actor_id(), receiver->nid, system, config, std::forward<Handler>(handler));
    if (cancellation.is_connected())
      cancellation.assign([weak = caf::weak_actor_ptr{slot.get()}](asio::cancellation_type) {
        if (auto self = weak.lock())
          static_cast<slot_type*>(self->get())
            ->complete(caf::make_message(caf::make_error(caf::sec::request_timeout)));
      });
    request->sender = std::move(slot);
    // The asker waits, so the receiver may as well run here and now.
    const eager_actors at_once{worker};
    receiver->get()->enqueue(std::move(request), worker);
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

asio::awaitable<caf::message> ask_message(caf::strong_actor_ptr receiver,
                                          caf::mailbox_element_ptr request) {
  if (!receiver)
    co_return no_receiver();
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(caf::message)>(
    send_request{}, asio::use_awaitable, std::ref(receiver), std::ref(request));
}

void ask_message(caf::strong_actor_ptr receiver, caf::mailbox_element_ptr request,
                 asio::any_io_executor executor, std::function<void(caf::message)> handler) {
  if (!receiver) {
    asio::post(executor, [handler = std::move(handler)] { handler(no_receiver()); });
    return;
  }
  send_request{}(asio::bind_executor(executor, std::move(handler)), receiver, request);
}

} // namespace gantry::http
