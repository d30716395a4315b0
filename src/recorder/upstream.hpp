// The registry behind the proxy: one exchange, over a connection of its own.
#pragma once

#include "client/errors.hpp"
#include "client/message.hpp"
#include "client/registry_url.hpp"
#include "client/response_parser.hpp"
#include "client/stream.hpp"
#include "client/tls.hpp"
#include "http/handler.hpp"
#include "recorder/masking.hpp"
#include "recorder/spool.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::recorder {

/// How to reach the registry.
struct upstream_site {
  /// At least one; tried in this order.
  std::vector<client::peer> addresses;
  /// Scheme and authority: `http://registry:5000`.
  std::string origin;
  /// Host and port, as in the URL.
  std::string authority;
};

/// Looks the host up; blocks. Throws std::runtime_error if it has no address or certificates cannot
/// be read.
upstream_site find_upstream(const client::registry_url& url, const client::tls_settings& tls);

/// What the registry answered.
class upstream_answer final : public client::response_observer {
public:
  /// `folder` is for the file of a large body.
  explicit upstream_answer(std::filesystem::path folder) : body{std::move(folder)} {}

  void on_field(std::string_view name, std::string_view value) override {
    fields.emplace_back(name, value);
  }
  void on_body(std::string_view bytes) override {
    if (!body_failure)
      body_failure = body.append(bytes);
  }

  client::response head;
  field_list fields;
  spool body;
  /// Why the body cannot be kept.
  client::error_code body_failure;
  /// Bytes of the request's body.
  std::uint64_t request_body = 0;
  /// The client did not send its whole body.
  bool is_request_cut = false;
};

/// The fields of a request that the registry gets.
field_list forwarded_fields(const http::request_head& head);

/// Belongs to the thread of `context`. Deadlines are those of the client's connection.
class upstream {
public:
  upstream(boost::asio::io_context& context, const upstream_site& site)
    : context_{context}, site_{site} {}

  /// Forwards the request, its body as it arrives, and reads the whole response. Errors: those of
  /// sockets, OpenSSL and Beast; timed_out (nothing moved for a minute); connection_aborted
  /// (`is_request_cut`); `body_failure`.
  boost::asio::awaitable<void> exchange(http::request& asked, std::string_view target,
                                        upstream_answer& into, client::error_code& ec);

private:
  boost::asio::awaitable<void> connect(http::request& asked, client::error_code& ec);
  boost::asio::awaitable<void> send_head(http::request& asked, std::string_view target,
                                         client::error_code& ec);
  boost::asio::awaitable<void> send_body(http::request& asked, upstream_answer& into,
                                         client::error_code& ec);
  boost::asio::awaitable<void> write(http::request& asked, client::error_code& ec);
  boost::asio::awaitable<void> receive(http::request& asked, upstream_answer& into,
                                       client::error_code& ec);

  boost::asio::io_context& context_;
  const upstream_site& site_;
  std::unique_ptr<client::stream> stream_;
  boost::beast::flat_buffer buffer_;
  std::string head_;
  std::vector<std::byte> piece_;
  std::vector<boost::asio::const_buffer> buffers_;
};

} // namespace gantry::recorder
