#include "net/listener.hpp"

#include "net/networks.hpp"
#include "net/peer_counts.hpp"
#include "net/proxied_transport.hpp"
#include "net/tcp_transport.hpp"
#include "net/tls_identity.hpp"
#include "net/tls_transport.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

namespace gantry::net {

namespace {

using namespace std::chrono_literals;

/// The pause before a failed accept is retried: long enough not to spin, too short to notice.
constexpr auto accept_pause = 20ms;
/// How long to wait for a connection that was told to give up its place.
constexpr auto handover_pause = 1ms;

/// Holds a place and frees it unless released.
class place_guard {
public:
  explicit place_guard(connection_places& places) : places_{&places} {}
  place_guard(const place_guard&) = delete;
  place_guard& operator=(const place_guard&) = delete;
  ~place_guard() {
    if (places_)
      places_->give_back();
  }
  void release() noexcept { places_ = nullptr; }

private:
  connection_places* places_;
};

/// A socket in the file system stays on this machine, so it needs no TLS.
bool is_local(const stream_socket& socket) {
  error_code failed;
  return socket.local_endpoint(failed).protocol().family() == AF_UNIX && !failed;
}

bool is_proxy(const stream_socket& socket, const networks* proxies) {
  return proxies && proxies->contains(address_of_peer(peer_of(socket)));
}

std::unique_ptr<transport> make_stream(stream_socket socket, tls_identity* identity) {
  if (identity && !is_local(socket))
    return std::make_unique<tls_transport>(std::move(socket), identity->take());
  return std::make_unique<tcp_transport>(std::move(socket));
}

} // namespace

listener::listener(asio::io_context& context, std::vector<stream_acceptor> sockets,
                   connection_places& places, const listener_options& limits, conversation speak)
  : context_{context}, watch_{context}, places_{places}, limits_{limits}, speak_{std::move(speak)} {
  for (auto& socket : sockets)
    doors_.push_back({std::move(socket), asio::steady_timer{context}});
  places_.add(context.get_executor(), connections_);
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

/// Continues after any failure: a server that stops accepting is worse.
asio::awaitable<void> listener::accept_loop(door& from) {
  while (!stopping_) {
    bool has_failed = false;
    try {
      co_await accept_one(from);
    } catch (const std::exception& failed) {
      telemetry::log().error("a connection cannot be served: {}", failed.what());
      has_failed = true;
    }
    if (has_failed)
      co_await pause(from.retry, accept_pause);
  }
}

asio::awaitable<void> listener::accept_one(door& from) {
  error_code ec;
  stream_socket socket{context_};
  co_await from.socket.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
  if (stopping_ || ec == asio::error::connection_aborted)
    co_return;
  if (ec) {
    if (!std::exchange(from.refusing, true)) // once, not on every attempt
      telemetry::log().warn("cannot accept connections: {}", ec.message());
    co_await pause(from.retry, accept_pause);
    co_return;
  }
  from.refusing = false;
  while (!stopping_ && !places_.take()) {
    const auto told = places_.make_room();
    const std::chrono::milliseconds span = told ? handover_pause : accept_pause;
    co_await pause(from.retry, span);
  }
  if (!stopping_)
    admit(std::move(socket));
}

/// Precondition: a place is taken. Frees it if an exception is thrown.
void listener::admit(stream_socket socket) {
  place_guard place{places_};
  const auto claim = limits_.peers ? std::make_shared<peer_claim>(*limits_.peers) : nullptr;
  std::unique_ptr<transport> stream;
  if (is_proxy(socket, limits_.proxies)) {
    stream = std::make_unique<proxied_transport>(
      std::move(socket),
      [this](stream_socket behind) { return make_stream(std::move(behind), limits_.identity); },
      [claim](std::string_view name) { return !claim || claim->take(name); });
  } else {
    stream = make_stream(std::move(socket), limits_.identity);
    if (claim && !claim->take(stream->peer()))
      return stream->reset();
  }
  auto peer = std::make_shared<connection>(std::move(stream), limits_.send_timeout);
  auto speech = speak_(*peer);
  auto ended = [this, peer, claim](std::exception_ptr failure) {
    connections_->remove(*peer);
    if (!peer->is_given_up())
      places_.give_back();
    peer->close();
    if (failure)
      telemetry::log().error("a connection ended by an exception");
    if (stopping_ && connections_->empty())
      watch_.cancel();
    if (claim)
      claim->give_back(); // what it refers to may go once none is open
    --open_;
  };
  connections_->add(*peer);
  ++open_;
  place.release();
  asio::co_spawn(context_, std::move(speech),
                 asio::bind_cancellation_slot(peer->cancellation_slot(), std::move(ended)));
}

asio::awaitable<void> listener::watch_deadlines() {
  while (!stopping_ || !connections_->empty()) {
    watch_.expires_after(limits_.watch_interval);
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

} // namespace gantry::net
