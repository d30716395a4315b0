// Posts documents to one URL, over a connection that stays open.
#pragma once

#include "client/connection.hpp"
#include "client/registry_url.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::client {

struct poster_settings {
  /// A document fails after this time, and so does the look-up of the host before it.
  std::chrono::milliseconds timeout{10'000};
  /// The field User-Agent.
  std::string user_agent = "gantry";
  /// Further header lines of each request, each with its CRLF.
  std::string more_fields = {};
  /// Null for plain HTTP.
  std::shared_ptr<boost::asio::ssl::context> tls = {};

  /// Adds one to `more_fields`.
  void add_field(std::string_view name, std::string_view value) {
    more_fields.append(name).append(": ").append(value).append("\r\n");
  }
};

/// What became of a document.
struct post_answer {
  /// Zero if there was no answer.
  unsigned status = 0;
  /// Why there was none: a short name, such as `refused`, or words.
  std::string why = {};
  /// At most `max_kept_body` bytes.
  std::string body = {};
  /// The field Retry-After, if it has a number of up to a day.
  std::optional<std::chrono::seconds> retry_after = {};
};

/// The beginning of a text from elsewhere, with `?` for what is not printable ASCII.
std::string printable(std::string_view text);

/// Follows no redirect. Belongs to the thread of its `io_context`; one document at a time.
class poster {
public:
  poster(boost::asio::io_context& context, web_url url, poster_settings settings);
  poster(const poster&) = delete;
  poster& operator=(const poster&) = delete;

  /// `content_type` and `body` outlive the call. After a failure, the next document goes to the
  /// next address of the host.
  boost::asio::awaitable<post_answer> post(std::string_view content_type, std::string_view body);
  /// Fails a document in progress, and all later ones.
  void abort();

private:
  boost::asio::awaitable<void> connect();
  boost::asio::awaitable<void> exchange(const request& what, response& answer, error_code& ec);

  boost::asio::io_context& context_;
  web_url url_;
  const poster_settings settings_;
  std::optional<connection> connection_;
  boost::asio::steady_timer watch_;
  std::size_t attempts_ = 0;
  bool aborted_ = false;
};

} // namespace gantry::client
