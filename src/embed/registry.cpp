#include <gantry/registry.hpp>

#include "app/listen_address.hpp"
#include "app/registry.hpp"
#include "embed/content.hpp"
#include "embed/settings.hpp"
#include "faults/fault_set.hpp"
#include "faults/rule_json.hpp"
#include "journal/journal.hpp"

#include <boost/json/serialize.hpp>

#include <future>
#include <limits>
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

journal::filter filter_of(const request_filter& which) {
  return {.method = which.method,
          .operation = which.operation,
          .repository = which.repository,
          .path = which.path,
          .status = {},
          .since = which.since};
}

request shown(const journal::entry& seen) {
  request text;
  text.sequence = seen.sequence;
  text.method = seen.method;
  text.target = seen.target;
  text.user_agent = journal::field_of(seen, "User-Agent");
  text.operation = seen.operation;
  text.repository = seen.repository;
  text.status = seen.status;
  text.fault = seen.fault;
  return text;
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
  state_->server->forget_tests();
}

void registry::reset(const std::string& repositories) {
  state_->content().reset(repositories);
}

std::uint64_t registry::snapshot() {
  return state_->content().snapshot();
}

void registry::restore(std::uint64_t snapshot) {
  state_->content().restore(snapshot);
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
  state_->require_started();
  const bool is_json = fault.find_first_of("{[") != std::string::npos;
  auto rules = faults::read_rules(
    is_json ? fault : boost::json::serialize(boost::json::object{{"name", fault}}));
  if (!rules)
    throw std::invalid_argument{rules.error().detail};
  const auto added = state_->server->faults().add(std::move(*rules));
  if (added.empty())
    throw std::invalid_argument{"at least one fault, and at most " +
                                std::to_string(faults::fault_set::max_faults) + " at a time"};
  return added.front().id;
}

void registry::clear_faults() {
  state_->require_started();
  state_->server->faults().clear();
}

std::vector<request> registry::requests(const request_filter& which) const {
  state_->require_started();
  const auto found =
    state_->server->requests().read(filter_of(which), std::numeric_limits<std::size_t>::max());
  std::vector<request> listed;
  for (const auto& seen : found.entries)
    listed.push_back(shown(seen));
  return listed;
}

std::vector<request> registry::wait_for(const request_filter& which, std::size_t count,
                                        std::chrono::milliseconds timeout) const {
  state_->require_started();
  auto& journal = state_->server->requests();
  std::promise<void> reached;
  const auto ticket = journal.wait(filter_of(which), count, [&reached] { reached.set_value(); });
  reached.get_future().wait_for(timeout);
  journal.leave(ticket);
  return requests(which);
}

} // namespace gantry
