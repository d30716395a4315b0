// One connection from its first byte to its last: read a head, answer it, repeat.
#pragma once

#include "http/handler.hpp"
#include "http/options.hpp"
#include "http/request_reader.hpp"
#include "http/response.hpp"
#include "net/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <atomic>
#include <optional>
#include <string>

namespace gantry::http {

/// What all sessions of a server share; outlives them.
struct session_context {
  const options& settings;
  handler& handle;
  /// No more requests on open connections.
  const std::atomic<bool>& draining;
};

/// Owned by the coroutine that runs it, on the thread of its connection.
class session {
public:
  session(const session_context& server, net::connection& peer);

  /// Returns when the connection is of no more use; nothing that a client does makes it throw.
  boost::asio::awaitable<void> run();

private:
  enum class head_state {
    complete,
    refused,
    /// The client speaks TLS, which this server does not: it is no request.
    encrypted,
    closed,
  };

  /// False if the connection is of no use.
  boost::asio::awaitable<bool> open();
  boost::asio::awaitable<head_state> read_head(refusal& why);
  boost::asio::awaitable<bool> serve();
  boost::asio::awaitable<response> answer(request& asked);
  boost::asio::awaitable<bool> send(response& reply, bool head_only);
  boost::asio::awaitable<void> linger();
  boost::asio::awaitable<void> refuse_and_close(const refusal& why);
  boost::asio::awaitable<void> refuse_tls();

  /// Reads without waiting; false if nothing had arrived.
  bool take_what_came();
  const request_head* head() const noexcept { return reader_.head(); }

  const session_context& server_;
  net::connection& peer_;
  boost::beast::flat_buffer buffer_;
  request_reader reader_;
  std::string request_id_;
  /// Reused for every response.
  std::string head_text_;
};

} // namespace gantry::http
