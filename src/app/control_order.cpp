#include "app/control_order.hpp"

#include "base/timestamp.hpp"
#include "storage/disk/layout.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace gantry::app {

namespace json = boost::json;

namespace {

/// The counters of a report and their names.
constexpr std::array<std::pair<const char*, std::uint64_t gc_report::*>, 13> counters{{
  {"manifests", &gc_report::manifests},
  {"links", &gc_report::links},
  {"condemned", &gc_report::condemned},
  {"blobs", &gc_report::blobs},
  {"uploads", &gc_report::uploads},
  {"orphans", &gc_report::orphans},
  {"history", &gc_report::history},
  {"forgotten", &gc_report::forgotten},
  {"kept", &gc_report::kept},
  {"kept_bytes", &gc_report::kept_bytes},
  {"bytes", &gc_report::bytes},
  {"leased_links", &gc_report::leased_links},
  {"leased_blobs", &gc_report::leased_blobs},
}};

constexpr const char* leases_end = "leases_end";
constexpr const char* waits = "waits_for_leases";

[[noreturn]] void fail_with(const std::string& what, int number) {
  throw std::runtime_error{what + ": " + std::system_category().message(number)};
}

/// Returns a socket that is connected to the server; an empty handle if there is none.
storage::file connect_to(const std::filesystem::path& path) {
  const storage::file folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder)
    return {};
  storage::file peer{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  control_address(folder).copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(peer.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
      0)
    return peer;
  if (errno != ENOENT && errno != ECONNREFUSED)
    fail_with((path / storage::layout::control).string() +
                " cannot be used: run this as root or as the server's user",
              errno);
  return {};
}

} // namespace

std::string to_text(const collect_order& order) {
  return json::serialize(json::object{
    {"collect", {{"dry_run", order.dry_run}, {"delete_untagged", order.delete_untagged}}}});
}

result<collect_order> parse_order(std::string_view text) {
  boost::system::error_code wrong;
  const auto value = json::parse({text.data(), text.size()}, wrong);
  const auto* order = wrong ? nullptr : value.if_object();
  const auto* asked = order && order->size() == 1 ? order->if_contains("collect") : nullptr;
  if (!asked || !asked->is_object())
    return fail(errc::request_invalid, "this server knows the order {\"collect\": {}} alone");
  collect_order parsed;
  for (const auto& member : asked->get_object()) {
    const auto* is_on = member.value().if_bool();
    if (!is_on || (member.key() != "dry_run" && member.key() != "delete_untagged"))
      return fail(errc::request_invalid,
                  "collect has the members dry_run and delete_untagged, which "
                  "are true or false");
    (member.key() == "dry_run" ? parsed.dry_run : parsed.delete_untagged) = *is_on;
  }
  return parsed;
}

std::string to_text(const result<gc_report>& answer) {
  if (!answer) {
    const auto& why = answer.error();
    return json::serialize(
      json::object{{"error", why.detail.empty() ? std::string{to_string(why.code)} : why.detail}});
  }
  json::object report;
  for (const auto& [name, member] : counters)
    report[name] = (*answer).*member;
  report[leases_end] = unix_seconds(answer->leases_end);
  report[waits] = answer->waits_for_leases;
  return json::serialize(json::object{{"report", std::move(report)}});
}

gc_report parse_answer(std::string_view text) {
  boost::system::error_code wrong;
  const auto value = json::parse({text.data(), text.size()}, wrong);
  const auto* answer = wrong ? nullptr : value.if_object();
  if (const auto* error = answer ? answer->if_contains("error") : nullptr;
      error && error->is_string())
    throw std::runtime_error{"the server refuses: " + std::string{error->get_string()}};
  const auto* report = answer ? answer->if_contains("report") : nullptr;
  if (!report || !report->is_object())
    throw std::runtime_error{"the server has ended before it answered"};
  gc_report parsed;
  const auto number = [report](const char* name) -> std::int64_t {
    const auto* found = report->get_object().if_contains(name);
    return found && found->is_int64() ? found->get_int64() : 0;
  };
  for (const auto& [name, member] : counters)
    parsed.*member = static_cast<std::uint64_t>(number(name));
  parsed.leases_end = from_unix_seconds(number(leases_end));
  const auto* waiting = report->get_object().if_contains(waits);
  parsed.waits_for_leases = waiting && waiting->is_bool() && waiting->get_bool();
  return parsed;
}

std::string control_address(const storage::file& folder) {
  return "/proc/self/fd/" + std::to_string(folder.descriptor()) + '/' + storage::layout::control;
}

std::optional<gc_report> ask_server(const std::filesystem::path& folder,
                                    const collect_order& order) {
  const auto peer = connect_to(folder);
  if (!peer)
    return std::nullopt;
  const auto text = to_text(order) + '\n';
  if (::send(peer.descriptor(), text.data(), text.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(text.size()))
    fail_with("the server cannot be asked", errno);
  std::string answer;
  std::array<char, 1024> piece{};
  for (;;) {
    const auto n = ::recv(peer.descriptor(), piece.data(), piece.size(), 0);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    answer.append(piece.data(), static_cast<std::size_t>(n));
  }
  return parse_answer(answer);
}

} // namespace gantry::app
