#include "telemetry/access_log.hpp"

#include "telemetry/background_sink.hpp"
#include "telemetry/escape.hpp"
#include "telemetry/log.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <iterator>
#include <utility>

namespace gantry::telemetry {

namespace {

using buffer = fmt::memory_buffer;

void append_word(buffer& line, std::string_view text) {
  append_escaped(line, text.empty() ? "-" : text, "\\x{:02x}");
}

void render_text(buffer& line, const access_entry& entry) {
  append_word(line, entry.remote);
  append(line, " \"");
  append_word(line, entry.method);
  line.push_back(' ');
  append_word(line, entry.target);
  fmt::format_to(std::back_inserter(line), "\" {} {} {}us \"", entry.status, entry.bytes_sent,
                 entry.duration.count());
  append_word(line, entry.request_id);
  append(line, "\" \"");
  append_word(line, entry.user_agent);
  line.push_back('"');
  if (entry.user.empty())
    return;
  append(line, " \"");
  append_word(line, entry.user);
  line.push_back('"');
}

void render_json(buffer& line, const access_entry& entry) {
  append_member(line, R"("remote":)", entry.remote);
  append_member(line, R"(,"method":)", entry.method);
  append_member(line, R"(,"target":)", entry.target);
  fmt::format_to(std::back_inserter(line), R"(,"status":{},"bytes":{},"duration_us":{})",
                 entry.status, entry.bytes_sent, entry.duration.count());
  append_member(line, R"(,"request_id":)", entry.request_id);
  append_member(line, R"(,"user_agent":)", entry.user_agent);
  append_member(line, R"(,"user":)", entry.user);
  append_member(line, R"(,"operation":)", entry.operation);
  append_member(line, R"(,"repository":)", entry.repository);
  append_member(line, R"(,"reference":)", entry.reference);
  append_member(line, R"(,"trace_id":)", entry.trace.to_hex());
  append_member(line, R"(,"span_id":)", entry.span.to_hex());
}

// The formatter adds the time, which it renders only once per second.
constexpr auto line_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";
constexpr auto object_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";

} // namespace

access_logger::access_logger(log_format format, int descriptor) : format_{format} {
  if (enabled())
    open(descriptor);
}

access_logger::access_logger(log_format format, std::string path) : format_{format} {
  if (!enabled())
    return;
  file_ = std::make_unique<log_file>(std::move(path));
  open(file_->descriptor());
}

void access_logger::open(int descriptor) {
  sink_ = std::make_shared<background_sink>(descriptor);
  lines_ = std::make_unique<spdlog::logger>("access", sink_);
  lines_->set_pattern(format_ == log_format::json ? object_pattern : line_pattern,
                      spdlog::pattern_time_type::utc);
}

void access_logger::reopen() noexcept {
  if (file_)
    file_->reopen();
}

std::uint64_t access_logger::lost_lines() const noexcept {
  return sink_ ? sink_->dropped_lines() : 0;
}

access_logger::~access_logger() {
  if (!sink_)
    return;
  if (const auto lost = sink_->dropped_lines(); lost > 0)
    log().warn("{} lines of the access log were lost: their reader was too slow, or the disk full",
               lost);
}

void access_logger::write(const access_entry& entry) {
  if (!enabled())
    return;
  buffer line;
  if (format_ == log_format::json)
    render_json(line, entry);
  else
    render_text(line, entry);
  lines_->log(entry.finished, spdlog::source_loc{}, spdlog::level::info,
              spdlog::string_view_t{line.data(), line.size()});
}

} // namespace gantry::telemetry
