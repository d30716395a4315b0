#include "http/listener.hpp"

#include "http/session.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace gantry::http {

namespace {

using namespace std::chrono_literals;

/// What a thread waits before it tries to accept again: long enough to spin no core, short enough
/// to be unnoticed.
constexpr auto accept_pause = 20ms;
/// What it waits for a connection that has been told to give its place up.
constexpr auto handover_pause = 1ms;

/// Deadlines are looked at this often: a quarter of the shortest, half of the patience with those
/// who hold what others wait for.
std::chrono::milliseconds watch_interval(const options& limits) {
  const auto shortest =
    std::min({limits.head_timeout, limits.idle_timeout, limits.stall_timeout, limits.send_timeout,
              limits.ask_timeout, limits.in_flight_timeout});
  return std::clamp<std::chrono::milliseconds>(
    std::min(shortest / 4, limits.in_flight_patience / 2), 10ms, 1000ms);
}

} // namespace

listener::listener(asio::io_context& context, std::vector<asio::ip::tcp::acceptor> sockets,
                   server_context& server, telemetry::access_logger* log)
  : context_{context}, watch_{context}, server_{server}, log_{log} {
  for (auto& socket : sockets)
    doors_.push_back({std::move(socket), asio::steady_timer{context}});
  server_.places.add(context.get_executor(), connections_);
}

void listener::start() {
  open_ += doors_.size() + 1;
  for (auto& each : doors_)
    asio::co_spawn(context_, accept_loop(each), [this](std::exception_ptr) { --open_; });
  asio::co_spawn(context_, watch_deadlines(), [this](std::exception_ptr) { --open_; });
}

void listener::stop_accepting() {
  stopping_ = true;
  for (auto& each : doors_) {
    error_code ignored;
    each.socket.close(ignored);
    each.retry.cancel();
  }
  connections_->for_each([](connection& peer) {
    if (peer.is_idle())
      peer.abort();
  });
  if (connections_->empty())
    watch_.cancel();
}

void listener::abort_connections() {
  connections_->for_each([](connection& peer) { peer.abort(); });
}

asio::awaitable<void> listener::accept_loop(door& from) {
  while (!stopping_) {
    error_code ec;
    asio::ip::tcp::socket socket{context_};
    co_await from.socket.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
    if (stopping_)
      break;
    if (!ec) {
      while (!stopping_ && !server_.places.take()) {
        const auto told = server_.places.make_room();
        const std::chrono::milliseconds span = told ? handover_pause : accept_pause;
        co_await pause(from.retry, span);
      }
      if (stopping_)
        break;
      admit(std::move(socket));
      from.refusing = false;
    } else if (ec != asio::error::connection_aborted) {
      if (!std::exchange(from.refusing, true)) // once, not at each try
        telemetry::log().warn("cannot accept connections: {}", ec.message());
      co_await pause(from.retry, accept_pause);
    }
  }
}

void listener::admit(asio::ip::tcp::socket socket) {
  auto peer = std::make_shared<connection>(std::move(socket), server_.settings.send_timeout);
  connections_->add(*peer);
  ++open_;
  auto ended = [this, peer](std::exception_ptr failure) {
    connections_->remove(*peer);
    if (!peer->is_given_up())
      server_.places.give_back();
    error_code ignored;
    peer->socket().close(ignored);
    if (failure)
      telemetry::log().error("a connection ended by an exception");
    if (stopping_ && connections_->empty())
      watch_.cancel();
    --open_;
  };
  asio::co_spawn(context_, serve(peer),
                 asio::bind_cancellation_slot(peer->cancellation_slot(), std::move(ended)));
}

asio::awaitable<void> listener::serve(std::shared_ptr<connection> peer) {
  session conversation{server_, *peer, log_};
  co_await conversation.run();
}

asio::awaitable<void> listener::watch_deadlines() {
  const auto interval = watch_interval(server_.settings);
  while (!stopping_ || !connections_->empty()) {
    watch_.expires_after(interval);
    error_code cancelled;
    co_await watch_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    const auto now = steady_clock::now();
    connections_->for_each([now](connection& peer) { peer.check_deadline(now); });
  }
}

asio::awaitable<void> listener::pause(asio::steady_timer& timer, std::chrono::milliseconds span) {
  timer.expires_after(span);
  error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

} // namespace gantry::http
