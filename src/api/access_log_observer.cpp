#include "api/access_log_observer.hpp"

#include <chrono>

namespace gantry::api {

namespace {

/// What nginx writes for a client that left before its response.
constexpr unsigned left_early = 499;

} // namespace

void access_log_observer::finished(const finished_request& what) {
  const auto& seen = what.exchange;
  telemetry::access_entry entry;
  entry.finished = std::chrono::system_clock::now();
  entry.remote = what.facts.client.empty() ? seen.peer->remote() : what.facts.client;
  if (seen.head) {
    entry.method = seen.head->method();
    entry.target = seen.head->target();
    entry.user_agent = seen.head->find(http::request_head::field::user_agent).value_or("");
  }
  entry.status = seen.hung_up ? left_early : seen.status;
  entry.bytes_sent = seen.bytes_sent;
  entry.duration = seen.duration;
  entry.request_id = seen.id;
  entry.user = what.facts.user;
  if (what.facts.asked)
    entry.operation = what.facts.asked->name;
  entry.repository = what.facts.repository;
  entry.reference = what.facts.reference;
  log_.write(entry);
}

} // namespace gantry::api
