// One connection from its first byte to its last: read a head, answer it, again.
#pragma once

#include "http/connection.hpp"
#include "http/exchange.hpp"
#include "http/head_scanner.hpp"
#include "http/response.hpp"
#include "telemetry/access_log.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <optional>
#include <string>

namespace gantry::http {

/// Owned by the coroutine that runs it, on the thread of its connection.
class session {
public:
  /// `log` may be null.
  session(server_context& server, connection& peer, telemetry::access_logger* log);

  /// Returns when the connection is of no more use; never throws for anything that a client does.
  boost::asio::awaitable<void> run();

private:
  enum class head_state { complete, refused, closed };

  boost::asio::awaitable<head_state> read_head(response& refusal);
  boost::asio::awaitable<bool> serve();
  boost::asio::awaitable<response> answer_request(exchange& ex);
  boost::asio::awaitable<bool> send(response& reply, bool head_only);
  boost::asio::awaitable<void> send_slices(const blob_slices& body, std::string_view head,
                                           error_code& ec);
  boost::asio::awaitable<void> send_slice(const blob& source, byte_range range,
                                          std::string_view ahead, bool more, error_code& ec);
  boost::asio::awaitable<void> linger();

  /// The length of the next request's head in `buffer_`, once it is complete. Errors: as
  /// `head_scanner::scan`.
  result<std::optional<std::size_t>> find_head(head_scanner& scanner);
  /// Takes the head off the front of `buffer_`. Errors: those of `request_head::of`,
  /// target_too_long.
  result<void> parse_head(std::size_t length);
  /// Reads without waiting; false if nothing was there.
  bool take_what_came();
  void log_request(const response& reply, steady_clock::time_point started,
                   std::uint64_t bytes_before);

  server_context& server_;
  connection& peer_;
  telemetry::access_logger* log_;
  boost::beast::flat_buffer buffer_;
  std::optional<request_parser> parser_;
  std::optional<request_head> head_;
  std::string request_id_;
  /// Reused from answer to answer.
  std::string head_text_;
};

} // namespace gantry::http
