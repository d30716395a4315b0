#include "telemetry/access_log.hpp"

#include "telemetry/background_sink.hpp"
#include "telemetry/log.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <iterator>

namespace gantry::telemetry {

namespace {

using buffer = fmt::memory_buffer;

void append(buffer& line, std::string_view text) {
  line.append(text.data(), text.data() + text.size());
}

// `escape` formats a byte that is not printable ASCII.
void append_escaped(buffer& line, std::string_view text, fmt::format_string<unsigned> escape) {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool quoted = byte == '"' || byte == '\\';
    if (byte >= 0x20 && byte < 0x7f && !quoted)
      continue;
    append(line, text.substr(plain, i - plain));
    plain = i + 1;
    if (quoted) {
      line.push_back('\\');
      line.push_back(text[i]);
    } else {
      fmt::format_to(std::back_inserter(line), escape, unsigned{byte});
    }
  }
  append(line, text.substr(plain));
}

void append_word(buffer& line, std::string_view text) {
  append_escaped(line, text.empty() ? "-" : text, "\\x{:02x}");
}

void append_member(buffer& line, std::string_view name, std::string_view text) {
  append(line, name);
  line.push_back('"');
  append_escaped(line, text, "\\u{:04x}");
  line.push_back('"');
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
}

void render_json(buffer& line, const access_entry& entry) {
  append_member(line, R"("remote":)", entry.remote);
  append_member(line, R"(,"method":)", entry.method);
  append_member(line, R"(,"target":)", entry.target);
  fmt::format_to(std::back_inserter(line), R"(,"status":{},"bytes":{},"duration_us":{})",
                 entry.status, entry.bytes_sent, entry.duration.count());
  append_member(line, R"(,"request_id":)", entry.request_id);
  append_member(line, R"(,"user_agent":)", entry.user_agent);
}

// The formatter adds the time, which it renders only once per second.
constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";
constexpr auto json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";

} // namespace

access_logger::access_logger(log_format format, int descriptor) : format_{format} {
  if (!enabled())
    return;
  sink_ = std::make_shared<background_sink>(descriptor);
  lines_ = std::make_unique<spdlog::logger>("access", sink_);
  lines_->set_pattern(format_ == log_format::json ? json_pattern : text_pattern,
                      spdlog::pattern_time_type::utc);
}

access_logger::~access_logger() {
  if (!sink_)
    return;
  if (const auto lost = sink_->dropped_lines(); lost > 0)
    log().warn("{} lines of the access log were lost: its reader was too slow", lost);
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
