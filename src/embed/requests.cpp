#include "embed/requests.hpp"

#include "journal/secrets.hpp"

#include <algorithm>
#include <future>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace gantry {

namespace {

constexpr auto all = std::numeric_limits<std::size_t>::max();
/// Requests that an explanation lists.
constexpr std::size_t most_listed = 20;

request::field_list fields_of(std::string_view lines) {
  request::field_list fields;
  journal::visit_fields(lines, [&fields](std::string_view name, std::string_view value) {
    fields.emplace_back(name, value);
  });
  return fields;
}

request shown(const journal::entry& seen) {
  request made;
  made.sequence = seen.sequence;
  made.method = seen.method;
  made.target = seen.target;
  made.user_agent = journal::field_of(seen.fields, "User-Agent");
  made.operation = seen.operation;
  made.repository = seen.repository;
  made.status = seen.status;
  made.fault = seen.fault;
  made.time = seen.time;
  made.duration = seen.duration;
  made.headers = fields_of(seen.fields);
  made.response_headers = fields_of(seen.response_fields);
  made.truncated = seen.is_cut;
  made.body_bytes = seen.body_bytes;
  made.bytes_sent = seen.bytes_sent;
  made.connection = seen.connection;
  made.request_id = seen.request_id;
  return made;
}

/// All of a filter but its condition.
journal::filter filter_of(const request_filter& which) {
  journal::filter made;
  made.method = which.method;
  made.operation = which.operation;
  made.repository = which.repository;
  made.path = which.path;
  made.user_agent = which.user_agent;
  made.fault = which.fault;
  made.since = which.since;
  if (which.status.empty())
    return made;
  const auto status = journal::parse_status(which.status);
  if (!status)
    throw std::invalid_argument{"status: '" + which.status +
                                "' is not a status such as 404, or a class such as 4xx"};
  made.status = *status;
  return made;
}

/// Appends the matching requests of a page; returns the `since` that continues.
std::uint64_t append_matching(std::vector<request>& into, const journal::journal& recorded,
                              const journal::filter& which, const request_filter& wanted) {
  auto found = recorded.read(which, all);
  for (const auto& seen : found.entries) {
    auto made = shown(seen);
    if (!wanted.condition || wanted.condition(made))
      into.push_back(std::move(made));
  }
  return found.next;
}

/// Waits for the next request that a filter matches.
void wait_for_one(journal::journal& recorded, const journal::filter& which,
                  std::chrono::steady_clock::time_point end) {
  std::promise<void> reached;
  const auto ticket = recorded.wait(which, 1, [&reached] { reached.set_value(); });
  reached.get_future().wait_until(end);
  recorded.leave(ticket);
}

std::string first_value(const request::field_list& fields, const std::string& name) {
  const auto found = std::ranges::find_if(
    fields, [&](const auto& each) { return journal::is_same_name(each.first, name); });
  return found == fields.end() ? std::string{} : found->second;
}

void append_condition(std::string& into, std::string_view name, std::string_view value) {
  if (!value.empty())
    into.append(into.empty() ? "" : ", ").append(name).append(" ").append(value);
}

} // namespace

std::string request::header(const std::string& name) const {
  return first_value(headers, name);
}

std::string request::response_header(const std::string& name) const {
  return first_value(response_headers, name);
}

std::string describe(const request& seen) {
  auto text = "#" + std::to_string(seen.sequence) + " " + seen.method + " " + seen.target + " " +
              std::to_string(seen.status);
  if (!seen.operation.empty())
    text += " (" + seen.operation + ")";
  if (!seen.fault.empty())
    text += ", hit by " + seen.fault;
  return text;
}

std::string describe(const request_filter& which) {
  std::string text;
  append_condition(text, "method", which.method);
  append_condition(text, "operation", which.operation);
  append_condition(text, "repository", which.repository);
  append_condition(text, "path with", which.path);
  append_condition(text, "status", which.status);
  append_condition(text, "user agent with", which.user_agent);
  append_condition(text, "fault", which.fault);
  append_condition(text, "after", which.since == 0 ? "" : "#" + std::to_string(which.since));
  append_condition(text, "and", which.condition ? which.condition_text : "");
  return text.empty() ? "any request" : text;
}

namespace embed {

std::vector<request> read(const journal::journal& recorded, const request_filter& which) {
  std::vector<request> found;
  append_matching(found, recorded, filter_of(which), which);
  return found;
}

std::vector<request> wait_for(journal::journal& recorded, const request_filter& which,
                              std::size_t count, std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  auto rest = filter_of(which);
  std::vector<request> found;
  for (;;) {
    rest.since = append_matching(found, recorded, rest, which);
    if (found.size() >= count || std::chrono::steady_clock::now() >= end)
      return found;
    wait_for_one(recorded, rest, end);
  }
}

std::string explain(const journal::journal& recorded, const request_filter& which,
                    std::size_t count) {
  const auto seen = read(recorded, {});
  const auto matching = read(recorded, which).size();
  auto text = "expected " + std::to_string(count) + " of: " + describe(which) + "\nfound " +
              std::to_string(matching) + " among " + std::to_string(seen.size()) +
              " recorded requests";
  const auto first = seen.size() - std::min(seen.size(), most_listed);
  text += seen.empty() ? "" : first == 0 ? ":" : ", of which these are the last:";
  for (auto i = first; i < seen.size(); ++i)
    text += "\n  " + describe(seen[i]);
  return text;
}

} // namespace embed

} // namespace gantry
