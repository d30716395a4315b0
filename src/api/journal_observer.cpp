#include "api/journal_observer.hpp"

#include <chrono>

namespace gantry::api {

namespace {

void describe(journal::entry& entry, const finished_request& what) {
  const auto& seen = what.exchange;
  entry.time = std::chrono::system_clock::now() - seen.duration;
  entry.duration = seen.duration;
  entry.connection = seen.peer->remote();
  entry.is_secure = seen.peer->is_secure();
  entry.status = seen.status;
  entry.bytes_sent = seen.bytes_sent;
  entry.request_id = seen.id;
  if (!seen.response_head.empty())
    entry.set_response_head(seen.response_head);
  entry.repository = what.facts.repository;
  entry.fault = what.facts.fault;
  entry.trace_id = what.facts.trace.trace.to_hex();
  if (what.facts.asked)
    entry.operation = what.facts.asked->name;
}

void describe_head(journal::entry& entry, const http::request_head& head) {
  entry.set_method(head.method());
  entry.set_target(head.target());
  head.visit_fields(
    [&entry](std::string_view name, std::string_view value) { entry.add_field(name, value); });
  if (!head.is_chunked())
    entry.body_bytes = head.content_length().value_or(0);
}

} // namespace

void journal_observer::finished(const finished_request& what) {
  if (what.facts.controls)
    return;
  // Recording exchanges it for the oldest entry, so a full journal allocates nothing.
  static thread_local journal::entry entry;
  entry.clear();
  describe(entry, what);
  if (what.exchange.head)
    describe_head(entry, *what.exchange.head);
  requests_.record(entry);
}

} // namespace gantry::api
