// Changes as server-sent events, as they happen.
#pragma once

#include "api/exchange.hpp"
#include "api/watch_feed.hpp"
#include "base/byte_budget.hpp"
#include "http/response.hpp"
#include "watch/filter.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::api {

/// Who watches what, and from where.
struct watch_request {
  /// Lives as long as the connection.
  auth::identity_ptr who = auth::anonymous_identity();
  watch::filter which = {};
  /// The last number that the client knows.
  std::uint64_t position = 0;
  /// What it knows is of no use.
  bool begins_with_reset = false;
};

/// The events after a number, from the ring of its thread; what is older than that, page by page
/// from the log. Each event passes the filter and the policy of its moment. The stream ends when
/// the server stops, or the client may no longer watch; its clients come again. Lives on the thread
/// of its connection.
class watch_events final : public http::body_stream, private watch_member {
public:
  /// `server`, its feed and `peer_connection` outlive the stream.
  watch_events(context& server, net::connection& peer_connection, watch_feed::place place,
               watch_request asked);
  ~watch_events() override;
  watch_events(const watch_events&) = delete;
  watch_events& operator=(const watch_events&) = delete;

  boost::asio::awaitable<std::string_view> next(boost::system::error_code& ec) override;
  bool has_more() const noexcept override { return !due_.text.empty(); }

private:
  /// What the client may see at this moment.
  struct sight;

  bool must_end() const;
  /// The next event of a batch that the client may see and wants.
  watch::run find_due() const;
  std::string_view take_due();
  /// Looks for events in a batch. Returns whether some are due.
  bool begin_with(watch::batch_ptr found);
  /// Waits for a wake-up; false at the time of a heartbeat.
  boost::asio::awaitable<bool> wait(boost::system::error_code& ec);
  /// Reads what the ring has no longer.
  boost::asio::awaitable<watch::batch_ptr> read_log(boost::system::error_code& ec);
  boost::asio::awaitable<result<change_page>> list(change_query query);
  /// A comment with the number of this moment, so that the client can resume there; or another
  /// event with it.
  std::string_view render_position(std::string_view first = ":", std::string_view last = {});
  void let_go();

  context& server_;
  watch_feed& feed_;
  watch_hub& hub_;
  const watch_feed::place place_;
  watch_request asked_;
  /// That of `auth::login` when the client logged in.
  const std::uint64_t logins_;
  bool has_begun_ = false;
  /// Read from the log for this client alone, and its claim on the bytes in flight; null otherwise.
  watch::batch_ptr own_;
  byte_claim claim_;
  /// The next events of the batch.
  watch::run due_;
  std::string text_;
};

} // namespace gantry::api
