// Parses the parts of a response that registry clients need.
#pragma once

#include "client/errors.hpp"
#include "client/message.hpp"
#include "http/chunked_decoder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace gantry::client {

/// Sees the parts of a response that `response` does not hold. Its arguments live during the call.
class response_observer {
public:
  virtual ~response_observer() = default;
  virtual void on_field(std::string_view name, std::string_view value) = 0;
  /// Some bytes of the body, decoded.
  virtual void on_body(std::string_view bytes) = 0;
};

/// Fills one `response` as its bytes arrive. Copies only the fields that `response` has, and holds
/// a body only with `body_use::keep`.
///
/// Beast parses the head alone, because its parser has assertions about bodies that a malicious
/// server could trip.
class response_parser {
public:
  /// `into` and `observer`, which may be null, outlive the parser. `to_head`: the request was a
  /// HEAD, so no body follows.
  response_parser(response& into, body_use use, bool to_head,
                  response_observer* observer = nullptr);

  /// Consumes bytes from the front of `bytes`, which it may overwrite, and returns how many. The
  /// rest is the start of an incomplete head, or belongs to the next response. Must not be called
  /// again after an error. Errors: those of Beast's HTTP category.
  std::size_t put(boost::asio::mutable_buffer bytes, error_code& ec);
  /// The connection has ended. Errors: partial_message (the response is incomplete).
  void put_eof(error_code& ec);

  bool is_header_done() const { return head_.is_header_done(); }
  bool is_done() const noexcept { return framing_ == framing::done; }

private:
  using string_view = boost::beast::string_view;

  /// Stops before the body.
  class head_parser final : public boost::beast::http::basic_parser<false> {
  public:
    head_parser(response& into, response_observer* observer) : into_{into}, observer_{observer} {}

  private:
    void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                         error_code&) override {}
    void on_response_impl(int status, string_view reason, int version, error_code& ec) override;
    void on_field_impl(boost::beast::http::field name, string_view name_string, string_view value,
                       error_code& ec) override;
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    response& into_;
    response_observer* observer_;
  };

  /// The part being parsed, and what ends the body (RFC 9112, 6.3).
  enum class framing : std::uint8_t { head, length, chunks, until_end, done };

  void begin_body(error_code& ec);
  std::size_t put_body(std::span<std::byte> bytes, error_code& ec);
  void take(std::span<const std::byte> bytes, error_code& ec);
  void finish();

  response& into_;
  response_observer* observer_;
  body_use use_;
  bool to_head_;
  bool hashes_ = false;
  framing framing_ = framing::head;
  /// With `framing::length`: the remaining bytes.
  std::uint64_t left_ = 0;
  head_parser head_;
  http::chunked_decoder chunks_;
};

} // namespace gantry::client
