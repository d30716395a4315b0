#include <gantry/registry.hpp>

#include "app/listen_address.hpp"
#include "app/registry.hpp"
#include "embed/content.hpp"
#include "embed/fault_json.hpp"
#include "embed/requests.hpp"
#include "embed/settings.hpp"
#include "faults/fault_set.hpp"
#include "faults/rule_json.hpp"

#include <boost/json/serialize.hpp>

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

  /// Sets the faults of a JSON text; returns the number of the first.
  std::uint64_t fail(const std::string& text) {
    require_started();
    auto rules = faults::read_rules(text);
    if (!rules)
      throw std::invalid_argument{rules.error().detail};
    const auto added = server->faults().add(std::move(*rules));
    if (added.empty())
      throw std::invalid_argument{"at least one fault, and at most " +
                                  std::to_string(faults::fault_set::max_faults) + " at a time"};
    return added.front().id;
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
  own.host = reachable_host(own.settings->addresses.front()) + ":" + std::to_string(own.port);
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
  state_->server->forget_pulls();
  state_->server->forget_tests();
}

void registry::reset(const std::string& repositories) {
  const auto within = state_->content().reset(repositories);
  state_->server->forget_pulls(within);
}

std::uint64_t registry::snapshot() {
  return state_->content().snapshot();
}

void registry::restore(std::uint64_t snapshot) {
  state_->content().restore(snapshot);
  state_->server->forget_pulls();
}

void registry::remove_snapshot(std::uint64_t snapshot) {
  state_->content().remove_snapshot(snapshot);
}

void registry::advance(std::chrono::milliseconds by) {
  auto content = state_->content();
  state_->server->advance(by);
  content.catch_up();
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

std::uint64_t registry::fail(const std::string& fault) {
  const bool is_json = fault.find_first_of("{[") != std::string::npos;
  return state_->fail(is_json ? fault : embed::named_fault(fault));
}

std::uint64_t registry::fail(const fault& made) {
  return state_->fail(embed::to_json(made));
}

std::vector<set_fault> registry::faults() const {
  state_->require_started();
  std::vector<set_fault> listed;
  for (const auto& each : state_->server->faults().list())
    listed.push_back({each.id, each.what->name, each.matched, each.hits,
                      boost::json::serialize(faults::to_json(*each.what))});
  return listed;
}

bool registry::clear_fault(std::uint64_t id) {
  state_->require_started();
  return state_->server->faults().remove(id);
}

void registry::clear_faults() {
  state_->require_started();
  state_->server->faults().clear();
}

std::vector<request> registry::requests(const request_filter& which) const {
  state_->require_started();
  return embed::read(state_->server->requests(), which);
}

std::size_t registry::count(const request_filter& which) const {
  return requests(which).size();
}

std::vector<request> registry::wait_for(const request_filter& which, std::size_t count,
                                        std::chrono::milliseconds timeout) const {
  state_->require_started();
  return embed::wait_for(state_->server->requests(), which, count, timeout);
}

std::vector<request> registry::expect(const request_filter& which, std::size_t count,
                                      std::chrono::milliseconds timeout) const {
  auto found = wait_for(which, count, timeout);
  if (found.size() < count)
    throw unmet_expectation{embed::explain(state_->server->requests(), which, count)};
  return found;
}

} // namespace gantry
