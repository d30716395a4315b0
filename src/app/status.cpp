#include "app/status.hpp"

#include "app/remote_answers.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace gantry::app {

namespace {

namespace json = boost::json;

/// Columns before the value of a line.
constexpr std::size_t label_width = 14;

std::uint64_t number_of(const json::value& from, std::string_view member) {
  return from.at(member).to_number<std::uint64_t>();
}

std::string text_of(const json::value& from, std::string_view member) {
  return std::string{from.at(member).as_string()};
}

std::string line(std::string label, const std::string& value) {
  label.resize(std::max(label.size(), label_width), ' ');
  return label + value + "\n";
}

std::string of_limit(std::uint64_t limit, std::string (*show)(std::uint64_t)) {
  return limit == 0 ? "" : " of " + show(limit);
}

std::string plain(std::uint64_t count) {
  return std::to_string(count);
}

std::string ready_line(const json::value& status) {
  const auto reason = text_of(status, "reason");
  const std::string ready = status.at("ready").as_bool() ? "yes" : "no";
  return line("ready", reason.empty() ? ready : ready + ": " + reason);
}

std::string storage_line(const json::value& storage) {
  auto text = render_bytes(number_of(storage, "used")) + " used";
  if (!storage.at("limit").is_null())
    text += ", at most " + render_bytes(number_of(storage, "limit"));
  if (!storage.at("free").is_null())
    text += ", " + render_bytes(number_of(storage, "free")) + " free on the disk";
  return line("storage", text);
}

/// One line per share, the fullest first.
std::string in_flight_lines(const json::value& shares) {
  std::vector<std::pair<std::uint64_t, std::string>> lines;
  for (const auto& each : shares.as_object()) {
    const auto used = number_of(each.value(), "used");
    auto text = std::string{each.key()} + " " + render_bytes(used) + " of " +
                render_bytes(number_of(each.value(), "limit"));
    if (const auto waiting = number_of(each.value(), "waiting"); waiting > 0)
      text += ", " + plain(waiting) + " requests wait";
    lines.emplace_back(used, std::move(text));
  }
  std::ranges::stable_sort(lines, std::greater{}, &std::pair<std::uint64_t, std::string>::first);
  std::string text;
  for (const auto& [used, shown] : lines)
    text += line(text.empty() ? "in transit" : "", shown);
  return text;
}

std::string collection_lines(const json::value& collection) {
  if (collection.at("ended").is_null())
    return line("collection", "none yet");
  auto text =
    line("collection", "ended " + text_of(collection, "ended") + ", " +
                         render_bytes(number_of(collection, "bytes")) + " freed since the start");
  if (const auto errors = number_of(collection, "errors"); errors > 0)
    text += line("", plain(errors) + " failed: the log says why");
  return text + line("leases", plain(number_of(collection, "leased_blobs")) + " blobs and " +
                                 plain(number_of(collection, "leased_links")) +
                                 " links were kept only by a lease");
}

} // namespace

std::string render_status(std::string_view answer) {
  const auto status = json::parse(answer);
  const auto& uploads = status.at("uploads");
  return line("version", text_of(status, "version")) + ready_line(status) +
         storage_line(status.at("storage")) +
         line("uploads", plain(number_of(uploads, "open")) + " open" +
                           of_limit(number_of(uploads, "limit"), plain)) +
         line("repositories", plain(number_of(status, "repositories_awake")) + " in use") +
         in_flight_lines(status.at("in_flight")) + collection_lines(status.at("collection"));
}

int run(const status_command& command, std::FILE* out) {
  remote_registry registry{command.where};
  const auto answer = registry.ask(boost::beast::http::verb::get, "/__gantry/status").body;
  const auto shown = command.json ? answer + "\n" : render_status(answer);
  std::fputs(shown.c_str(), out);
  return json::parse(answer).at("ready").as_bool() ? 0 : 1;
}

} // namespace gantry::app
