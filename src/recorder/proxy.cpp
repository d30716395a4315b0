#include "recorder/proxy.hpp"

#include "http/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cassert>
#include <thread>
#include <utility>

namespace asio = boost::asio;

namespace gantry::recorder {

namespace {

/// Bounds the memory: each holds at most `max_in_memory` of a body.
constexpr std::size_t max_connections = 256;

http::options server_options() {
  http::options settings;
  settings.max_connections = max_connections;
  return settings;
}

} // namespace

/// In the order of construction; each part may use those above it.
struct proxy::parts {
  explicit parts(proxy_settings chosen)
    : settings{std::move(chosen)},
      site{find_upstream(client::registry_url::parse(settings.upstream).value(), settings.tls)},
      file{settings.file, settings.version},
      handler{context, site, file, settings.warn},
      server{{&context}, server_options(), handler} {}

  proxy_settings settings;
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  upstream_site site;
  archive file;
  forwarder handler;
  http::server server;
  std::uint16_t port = 0;
  std::thread thread;
};

bool is_upstream(const std::string& text) {
  const auto url = client::registry_url::parse(text);
  return url && url->prefix().empty();
}

proxy::proxy(proxy_settings settings) : parts_{std::make_unique<parts>(std::move(settings))} {
  auto& p = *parts_;
  p.port = p.server.bind(p.settings.hosts, p.settings.port);
  p.thread = std::thread{[&p] { p.context.run(); }};
}

proxy::~proxy() {
  auto& p = *parts_;
  p.server.stop();
  p.guard.reset();
  if (p.thread.joinable())
    p.thread.join();
}

std::uint16_t proxy::port() const noexcept {
  return parts_->port;
}

void proxy::start() {
  parts_->server.start();
}

tally proxy::stop() {
  auto& p = *parts_;
  assert(p.thread.joinable());
  p.server.stop();
  p.guard.reset();
  p.thread.join();
  p.file.finish();
  return p.handler.seen();
}

} // namespace gantry::recorder
