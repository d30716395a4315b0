// Recorded requests as server-sent events, as they come.
#pragma once

#include "api/exchange.hpp"
#include "http/response.hpp"
#include "journal/filter.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace gantry::api {

/// One event per matching request, whose id is its sequence number. If requests after
/// `filter::since` are gone, an event `reset` says so. The stream ends when the server stops or the
/// client leaves. Lives on the thread of its connection.
class journal_events final : public http::body_stream {
public:
  /// `server` and `peer` outlive the stream.
  journal_events(context& server, net::connection& peer, journal::filter which)
    : server_{server}, peer_{peer}, which_{std::move(which)} {}

  boost::asio::awaitable<std::string_view> next(boost::system::error_code& ec) override;

private:
  /// Appends the events since the last call to `text_`.
  void take_events();

  context& server_;
  net::connection& peer_;
  /// Its `since` is the last request that was looked at.
  journal::filter which_;
  std::string text_;
};

} // namespace gantry::api
