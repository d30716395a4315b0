#include "http/server.hpp"

#include "net/listener.hpp"
#include "net/ports.hpp"
#include "net/socket_file.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <iterator>
#include <thread>
#include <utility>

namespace asio = boost::asio;

namespace gantry::http {

namespace {

using namespace std::chrono_literals;

asio::awaitable<void> converse(const session_context& server, net::connection& peer) {
  session conversation{server, peer};
  co_await conversation.run();
}

/// A quarter of the shortest time limit.
std::chrono::milliseconds derived_interval(const options& limits) {
  const auto shortest =
    std::min({limits.head_timeout, limits.idle_timeout, limits.stall_timeout, limits.send_timeout});
  return std::clamp<std::chrono::milliseconds>(shortest / 4, 10ms, 1000ms);
}

} // namespace

server::server(std::vector<asio::io_context*> threads, options settings, handler& handle,
               net::tls_identity* identity)
  : threads_{std::move(threads)},
    settings_{std::move(settings)},
    handle_{handle},
    identity_{identity},
    sessions_{settings_, handle_, draining_},
    places_{settings_.max_connections, settings_.body_timeout},
    peers_{settings_.max_connections_per_address, settings_.trusted_proxies},
    sockets_(threads_.size()) {}

server::~server() {
  stop();
}

std::uint16_t server::bind(const std::vector<asio::ip::address>& hosts, std::uint16_t port) {
  auto bound = net::listen_on(threads_, hosts, port);
  const auto chosen = net::port_of(bound.front().front());
  for (std::size_t i = 0; i < threads_.size(); ++i)
    std::ranges::move(bound[i], std::back_inserter(sockets_[i]));
  return chosen;
}

void server::bind(std::string file) {
  auto bound = std::make_unique<net::socket_file>(std::move(file));
  add(bound->acceptors(threads_));
  files_.push_back(std::move(bound));
}

void server::adopt(int listening) {
  add(net::share(listening, threads_));
}

void server::add(std::vector<net::stream_acceptor> one_per_thread) {
  for (std::size_t i = 0; i < threads_.size(); ++i)
    sockets_[i].push_back(std::move(one_per_thread[i]));
}

void server::start() {
  assert(listeners_.empty() && !sockets_.front().empty());
  net::listener_options limits{settings_.send_timeout, settings_.watch_interval, identity_,
                               settings_.max_connections_per_address > 0 ? &peers_ : nullptr,
                               settings_.proxy_protocol ? &settings_.trusted_proxies : nullptr};
  if (limits.watch_interval == 0ms)
    limits.watch_interval = derived_interval(settings_);
  for (std::size_t i = 0; i < threads_.size(); ++i)
    listeners_.push_back(std::make_unique<net::listener>(
      *threads_[i], std::exchange(sockets_[i], {}), places_, limits,
      [this](net::connection& peer) { return converse(sessions_, peer); }));
  for (std::size_t i = 0; i < threads_.size(); ++i)
    asio::post(*threads_[i], [&own = *listeners_[i]] { own.start(); });
}

void server::stop() {
  if (listeners_.empty())
    return;
  draining_ = true;
  handle_.drain();
  const auto tell_all = [&](void (net::listener::*order)()) {
    for (std::size_t i = 0; i < listeners_.size(); ++i)
      asio::post(*threads_[i], asio::use_future([&own = *listeners_[i], order] { (own.*order)(); }))
        .wait();
  };
  const auto all_closed = [&] {
    return std::all_of(listeners_.begin(), listeners_.end(),
                       [](const auto& own) { return own->open_connections() == 0; });
  };
  tell_all(&net::listener::stop_accepting);
  const auto deadline = std::chrono::steady_clock::now() + settings_.drain_timeout;
  while (!all_closed() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(1ms);
  while (!all_closed()) {
    tell_all(&net::listener::abort_connections);
    std::this_thread::sleep_for(1ms);
  }
  listeners_.clear();
  files_.clear();
}

} // namespace gantry::http
