#include "api/trace_observer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::api {

namespace {

using telemetry::span_record;

/// Bytes of a client's text that a span holds.
constexpr std::size_t most_path = 1024;
constexpr std::size_t most_agent = 256;
constexpr std::size_t most_method = 32;
/// Most requests have fewer.
constexpr std::size_t usual_attributes = 16;
/// The first status that is the server's fault.
constexpr unsigned first_failure = 500;

/// OpenTelemetry's names for a method that is none of HTTP's.
constexpr std::string_view other_method = "_OTHER";
constexpr std::string_view no_method = "HTTP";

/// In static memory; empty for a method that is none of HTTP's.
std::string_view known_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> known{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS",
                                                  "PATCH",   "POST",   "PUT", "TRACE"};
  const auto found = std::ranges::find(known, method);
  return found == known.end() ? std::string_view{} : *found;
}

/// `127.0.0.1` of `127.0.0.1:40000`, `::1` of `[::1]:40000`.
std::string_view without_port(std::string_view client) {
  if (client.starts_with('['))
    return client.substr(1, std::min(client.find(']'), client.size()) - 1);
  const auto colon = client.rfind(':');
  return client.find(':') == colon ? client.substr(0, colon) : client; // a bare IPv6 address
}

void add(span_record& into, std::string_view name, std::string_view value) {
  if (!value.empty())
    into.attributes.push_back({name, std::string{value}});
}

void add(span_record& into, std::string_view name, std::uint64_t value) {
  into.attributes.push_back({name, static_cast<std::int64_t>(value)});
}

void describe(span_record& into, const http::request_head& head) {
  const auto method = known_method(head.method());
  add(into, "http.request.method", method.empty() ? other_method : method);
  if (method.empty())
    add(into, "http.request.method_original", head.method().substr(0, most_method));
  const auto target = head.target();
  add(into, "url.path", target.substr(0, std::min(target.find('?'), most_path)));
  const auto agent = head.find(http::request_head::field::user_agent);
  add(into, "user_agent.original", agent.value_or("").substr(0, most_agent));
  if (head.content_length().value_or(0) > 0)
    add(into, "http.request.body.size", *head.content_length());
}

void describe(span_record& into, const request_facts& facts) {
  if (facts.asked) {
    add(into, "gantry.operation", facts.asked->name);
    add(into, "http.route", facts.asked->where.text());
  }
  add(into, "gantry.repository", facts.repository);
  const bool is_digest = facts.reference.find(':') != std::string::npos;
  add(into, is_digest ? "gantry.digest" : "gantry.reference", facts.reference);
  add(into, "gantry.fault", facts.fault);
}

/// `GET` if the request names no operation.
std::string_view name_of(const request_facts& facts, const http::request_head* head) {
  if (facts.asked)
    return facts.asked->name;
  const auto method = head ? known_method(head->method()) : std::string_view{};
  return method.empty() ? no_method : method;
}

span_record record_of(const request_trace& trace, const request_facts& facts,
                      const http::request_head* head) {
  span_record made{trace.recorded.trace(), trace.recorded.id(), trace.parent};
  made.attributes.reserve(usual_attributes);
  made.kind = telemetry::span_kind::server;
  made.name = name_of(facts, head);
  made.begin = trace.begin;
  made.end = std::chrono::system_clock::now();
  if (head)
    describe(made, *head);
  describe(made, facts);
  return made;
}

void set_status(span_record& into, unsigned status) {
  add(into, "http.response.status_code", std::uint64_t{status});
  into.has_failed = status >= first_failure;
  if (into.has_failed)
    add(into, "error.type", std::to_string(status));
}

} // namespace

void trace_observer::finished(const finished_request& what) {
  const auto& seen = what.exchange;
  auto trace = what.facts.trace;
  if (!seen.head) { // it could not be read, so nothing has begun
    trace.recorded = tracer_.begin(nullptr, {});
    trace.begin = std::chrono::system_clock::now() - seen.duration;
  }
  if (!trace.recorded)
    return;
  auto made = record_of(trace, what.facts, seen.head);
  add(made, "url.scheme", seen.peer->is_secure() ? "https" : "http");
  add(made, "client.address", without_port(what.client()));
  add(made, "gantry.request_id", seen.id);
  add(made, "http.response.size", seen.bytes_sent);
  set_status(made, what.status());
  tracer_.add(std::move(made));
}

unanswered_request::~unanswered_request() {
  if (!facts_ || !facts_->trace.recorded)
    return;
  const auto& trace = facts_->trace;
  auto made = record_of(trace, *facts_, &head_);
  set_status(made, first_failure);
  trace.recorded.trace()->to->add(std::move(made));
}

} // namespace gantry::api
