#include "api/journal_events.hpp"

#include "api/journal_wait.hpp"
#include "journal/render.hpp"

#include <boost/asio/error.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace asio = boost::asio;

namespace gantry::api {

namespace {

/// The most events that are made before they are sent.
constexpr std::size_t events_at_once = 64;
/// A comment after this time of silence keeps proxies from closing the connection.
constexpr std::chrono::seconds heartbeat{15};

} // namespace

asio::awaitable<std::string_view> journal_events::next(boost::system::error_code& ec) {
  text_.clear();
  take_events();
  if (text_.empty()) {
    const auto end = co_await wait_for_requests(server_, peer_, which_, 1, heartbeat);
    if (end == wait_end::interrupted) {
      if (!server_.draining || peer_.is_aborted())
        ec = asio::error::operation_aborted;
      co_return std::string_view{};
    }
    take_events();
  }
  if (text_.empty())
    text_ = ": nothing new\n\n";
  co_return std::string_view{text_};
}

void journal_events::take_events() {
  auto found = server_.requests.read(which_, events_at_once);
  if (found.has_gap) {
    which_.since = 0;
    found = server_.requests.read(which_, events_at_once);
    const auto before = found.entries.empty() ? found.next : found.entries.front().sequence - 1;
    text_.append("event: reset\nid: ").append(std::to_string(before)).append("\ndata: {}\n\n");
  }
  for (const auto& each : found.entries)
    text_.append("id: ")
      .append(std::to_string(each.sequence))
      .append("\ndata: ")
      .append(journal::render(each))
      .append("\n\n");
  which_.since = found.next;
}

} // namespace gantry::api
