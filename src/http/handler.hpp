// The interface between an HTTP server and the application that it serves.
#pragma once

#include "http/body_source.hpp"
#include "http/refusal.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"
#include "net/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace gantry::http {

/// One request on its connection; lives until its response is sent.
struct request {
  net::connection& peer;
  const request_head& head;
  body_source& body;
  std::string_view id;
};

/// The outcome of a request. Its views live during the call.
struct finished_exchange {
  /// Null if the request had no readable head.
  const request_head* head = nullptr;
  const net::connection* peer = nullptr;
  std::string_view id;
  unsigned status = 0;
  /// The client left before its response: the request was incomplete, or nothing could be sent.
  bool hung_up = false;
  /// As it was sent, or would have been; empty if the connection was lost before.
  std::string_view response_head;
  /// Of the response's head and body.
  std::uint64_t bytes_sent = 0;
  std::chrono::microseconds duration{0};
  /// `response::context`.
  const void* context = nullptr;
};

/// Called on the threads of the connections, concurrently; outlives the server.
class handler {
public:
  virtual ~handler() = default;

  /// Answers a request. If it throws, `failed` makes the response.
  virtual boost::asio::awaitable<response> answer(request& asked) = 0;
  /// Answers an unreadable request; the connection closes afterwards.
  virtual response refused(const refusal& why) = 0;
  /// Answers a request whose `answer` threw; the connection closes afterwards.
  virtual response failed(const request_head& head) = 0;
  /// The response was sent, or its connection broke.
  virtual void finished(const finished_exchange& what) = 0;
  /// The server is stopping: no more requests on open connections. Called once, before anything
  /// ends.
  virtual void drain() = 0;
};

} // namespace gantry::http
