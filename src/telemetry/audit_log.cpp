#include "telemetry/audit_log.hpp"

#include "telemetry/escape.hpp"
#include "telemetry/log.hpp"

#include <spdlog/fmt/chrono.h>

#include <cerrno>
#include <iterator>
#include <system_error>

#include <unistd.h>

namespace gantry::telemetry {

namespace {

void render(fmt::memory_buffer& line, const audit_entry& entry) {
  const auto time = std::chrono::time_point_cast<std::chrono::milliseconds>(entry.time);
  const auto millis = time.time_since_epoch().count();
  fmt::format_to(std::back_inserter(line), R"({{"time":"{:%Y-%m-%dT%H:%M:%S}.{:03}Z")",
                 fmt::gmtime(static_cast<std::time_t>(millis / 1000)), millis % 1000);
  append_member(line, R"(,"user":)", entry.user);
  append_member(line, R"(,"remote":)", entry.remote);
  append_member(line, R"(,"action":)", entry.action);
  append_member(line, R"(,"repository":)", entry.repository);
  append_member(line, R"(,"reference":)", entry.reference);
  fmt::format_to(std::back_inserter(line), R"(,"status":{})", entry.status);
  append_member(line, R"(,"request_id":)", entry.request_id);
  append_member(line, R"(,"trace_id":)", entry.trace.to_hex());
  append(line, "}\n");
}

} // namespace

void audit_log::write(const audit_entry& entry) {
  fmt::memory_buffer line;
  const bool after_cut = cut_.exchange(false);
  if (after_cut)
    line.push_back('\n');
  render(line, entry);
  // One call per line: with O_APPEND, lines of several threads do not mix.
  const auto written = ::write(file_.descriptor(), line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) {
    failing_ = false;
    return;
  }
  cut_ = after_cut || written > 0;
  note_loss(written < 0 ? errno : ENOSPC);
}

void audit_log::note_loss(int number) {
  ++lost_;
  if (!failing_.exchange(true))
    log().error("the audit log cannot be written: {}; lines are lost until it can",
                std::system_category().message(number));
}

} // namespace gantry::telemetry
