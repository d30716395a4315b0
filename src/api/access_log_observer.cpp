#include "api/access_log_observer.hpp"

#include "journal/secrets.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace gantry::api {

namespace {

/// The target, with the values of secret parameters masked. `text` holds what it is made of; most
/// targets have no parameters and are not copied.
std::string_view harmless(std::string_view target, std::string& text) {
  if (target.find('?') == std::string_view::npos)
    return target;
  journal::append_masked(text, target, 2 * target.size());
  return text;
}

} // namespace

void access_log_observer::finished(const finished_request& what) {
  std::string text; // outlives the entry
  const auto& seen = what.exchange;
  telemetry::access_entry entry;
  entry.finished = std::chrono::system_clock::now();
  entry.remote = what.client();
  if (seen.head) {
    entry.method = seen.head->method();
    entry.target = harmless(seen.head->target(), text);
    entry.user_agent = seen.head->find(http::request_head::field::user_agent).value_or("");
  }
  entry.status = what.status();
  entry.bytes_sent = seen.bytes_sent;
  entry.duration = seen.duration;
  entry.request_id = seen.id;
  entry.user = what.facts.user;
  if (what.facts.asked)
    entry.operation = what.facts.asked->name;
  entry.repository = what.facts.repository;
  entry.reference = what.facts.reference;
  entry.trace = what.facts.trace.trace;
  entry.span = what.facts.trace.span;
  log_.write(entry);
}

} // namespace gantry::api
