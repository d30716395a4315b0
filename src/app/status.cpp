#include "app/status.hpp"

#include "client/registry_connection.hpp"
#include "client/registry_probe.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace gantry::app {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;

/// How often deadlines are checked.
constexpr std::chrono::milliseconds tick{50};
/// Columns before the value of a line.
constexpr std::size_t label_width = 14;

std::string bytes(std::uint64_t count) {
  constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto number = static_cast<double>(count);
  std::size_t unit = 0;
  for (; number >= 1024 && unit + 1 < std::size(units); ++unit)
    number /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", number, units[unit]);
  return text;
}

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
  auto text = bytes(number_of(storage, "used")) + " used";
  if (!storage.at("limit").is_null())
    text += ", at most " + bytes(number_of(storage, "limit"));
  if (!storage.at("free").is_null())
    text += ", " + bytes(number_of(storage, "free")) + " free on the disk";
  return line("storage", text);
}

/// One line per share, the fullest first.
std::string in_flight_lines(const json::value& shares) {
  std::vector<std::pair<std::uint64_t, std::string>> lines;
  for (const auto& each : shares.as_object()) {
    const auto used = number_of(each.value(), "used");
    auto text = std::string{each.key()} + " " + bytes(used) + " of " +
                bytes(number_of(each.value(), "limit"));
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
                         bytes(number_of(collection, "bytes")) + " freed since the start");
  if (const auto errors = number_of(collection, "errors"); errors > 0)
    text += line("", plain(errors) + " failed: the log says why");
  return text + line("leases", plain(number_of(collection, "leased_blobs")) + " blobs and " +
                                 plain(number_of(collection, "leased_links")) +
                                 " links were kept only by a lease");
}

std::string ask(const client::registry_site& site, const client::probe_settings& settings) {
  asio::io_context context{1};
  client::registry_connection over{context, site, {settings.timeout, settings.user_agent}};
  const auto target = site.prefix + "/__gantry/status";
  client::response answer;
  client::error_code ec;
  const client::request get{boost::beast::http::verb::get, target};
  asio::co_spawn(context, over.exchange(get, client::body_use::keep, answer, ec), asio::detached);
  for (context.run_for(tick); !context.stopped(); context.run_for(tick))
    over.check_deadline(client::steady_clock::now());
  if (ec)
    throw std::runtime_error{target + ": " + ec.message()};
  if (answer.status == 404)
    throw std::runtime_error{target + " is unknown there: the address is not that of gantry"};
  if (answer.status == 401 || answer.status == 403)
    throw std::runtime_error{target + " is for administrators; --user NAME:PASSWORD names one"};
  if (answer.status != 200)
    throw std::runtime_error{target + " was answered with " + std::to_string(answer.status)};
  return answer.body;
}

std::optional<client::credentials> read_user(const std::string& text) {
  if (text.empty())
    return std::nullopt;
  const auto colon = text.find(':');
  if (colon == std::string::npos)
    throw std::invalid_argument{"--user: '" + text + "' is not of the form NAME:PASSWORD"};
  return client::credentials{text.substr(0, colon), text.substr(colon + 1)};
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
  const auto url = client::registry_url::parse(command.url);
  if (!url)
    throw std::invalid_argument{"'" + command.url + "' is not of the form http[s]://HOST[:PORT]"};
  client::probe_settings settings;
  settings.who = read_user(command.user);
  settings.tls = command.tls;
  const auto answer = ask(client::find_registry_for_user(*url, settings), settings);
  const auto shown = command.json ? answer + "\n" : render_status(answer);
  std::fputs(shown.c_str(), out);
  return json::parse(answer).at("ready").as_bool() ? 0 : 1;
}

} // namespace gantry::app
