#include <gantry/registry.hpp>

#include "app/listen_address.hpp"
#include "app/registry.hpp"
#include "embed/content.hpp"
#include "embed/settings.hpp"

#include <sstream>
#include <stdexcept>
#include <utility>

namespace gantry {

namespace {

/// The host part of an address that clients on this machine can use: `127.0.0.1`, `[::1]`.
std::string reachable_host(const std::string& address) {
  const auto host = app::parse_listen_address(address).hosts.front();
  if (host.is_unspecified())
    return "127.0.0.1";
  return host.is_v6() ? "[" + host.to_string() + "]" : host.to_string();
}

} // namespace

struct registry::state {
  explicit state(config::snapshot chosen)
    : settings{std::move(chosen)},
      server{std::make_unique<app::registry>(app::options_of(*settings))} {}

  embed::content content() const {
    require_started();
    return {server->services(), server->context()};
  }

  void require_started() const {
    if (port == 0)
      throw std::logic_error{"the registry is not started"};
  }

  config::snapshot settings;
  /// Null after the end.
  std::unique_ptr<app::registry> server;
  std::string host;
  /// 0 unless started.
  std::uint16_t port = 0;
};

registry::registry(const options& chosen)
  : state_{std::make_unique<state>(embed::settings_of(chosen))} {}

registry::~registry() {
  stop();
}

registry::registry(registry&&) noexcept = default;

registry& registry::operator=(registry&& other) noexcept {
  stop();
  state_ = std::move(other.state_);
  return *this;
}

void registry::start() {
  auto& own = *state_;
  if (!own.server || own.port != 0)
    throw std::logic_error{"the registry was started before"};
  try {
    own.server->start();
  } catch (...) {
    own.server.reset();
    throw;
  }
  own.port = own.server->port();
  own.host = reachable_host(own.settings->address) + ":" + std::to_string(own.port);
}

void registry::stop() noexcept {
  if (!state_)
    return; // moved from
  state_->port = 0;
  state_->server.reset();
}

std::string registry::url() const {
  return "http://" + host() + state_->settings->prefix;
}

std::string registry::host() const {
  state_->require_started();
  return state_->host;
}

std::uint16_t registry::port() const {
  state_->require_started();
  return state_->port;
}

void registry::reset() {
  state_->content().reset();
}

std::string registry::push(const image& pushed) {
  return state_->content().push(pushed);
}

std::vector<std::string> registry::tags(const std::string& repository) const {
  return state_->content().tags(repository);
}

std::vector<std::string> registry::repositories() const {
  return state_->content().repositories();
}

} // namespace gantry
