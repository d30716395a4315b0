#include "client/name_lookup.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace gantry::client {

namespace {

using endpoints = std::vector<tcp::endpoint>;

/// How often the other thread is looked at.
constexpr std::chrono::milliseconds tick{5};

struct lookup {
  lookup(std::string name, std::uint16_t at) : host{std::move(name)}, port{at} {}

  const std::string host;
  const std::uint16_t port;
  endpoints found = {};
  /// Set last.
  std::atomic<bool> is_done{false};

  void run() {
    asio::io_context context{1};
    tcp::resolver resolver{context};
    boost::system::error_code ec;
    for (const auto& each : resolver.resolve(host, std::to_string(port), ec))
      found.push_back(each.endpoint());
    is_done = true;
  }
};

} // namespace

asio::awaitable<endpoints> look_up(std::string host, std::uint16_t port,
                                   std::chrono::milliseconds at_most, const bool& is_cut) {
  boost::system::error_code is_name;
  const auto address = asio::ip::make_address(host, is_name);
  if (!is_name)
    co_return endpoints{{address, port}};
  const auto asked = std::make_shared<lookup>(std::move(host), port);
  try {
    std::thread{[asked] { asked->run(); }}.detach();
  } catch (const std::system_error&) { // no thread is to be had
    co_return endpoints{};
  }
  asio::steady_timer pause{co_await asio::this_coro::executor};
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (!is_cut && !asked->is_done && std::chrono::steady_clock::now() < end) {
    boost::system::error_code cancelled;
    pause.expires_after(tick);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  co_return asked->is_done ? std::move(asked->found) : endpoints{};
}

} // namespace gantry::client
