// Reads an answer as far as the load generator looks at one.
#pragma once

#include "bench/message.hpp"
#include "http/chunked_decoder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <span>

namespace gantry::bench {

/// Fills a `response`, field by field and piece by piece: nothing but the fields named there is
/// copied, no body is held unless it is kept. One answer each.
///
/// Beast parses the head alone: what its parser asserts about bodies cannot be reached, whatever a
/// server sends.
class response_parser {
public:
  using error_code = boost::beast::error_code;

  /// `into` outlives the parser. `to_head` says that no body follows.
  response_parser(response& into, body_use use, bool to_head);

  /// Takes bytes of the answer off the front of `bytes`, which may be overwritten, and says how
  /// many. What is left belongs to the part of a head that is not complete, or to the next answer.
  /// Must not be called again after an error. Errors: those of Beast's HTTP category.
  std::size_t put(boost::asio::mutable_buffer bytes, error_code& ec);
  /// The connection has ended. Errors: partial_message (before the answer was complete).
  void put_eof(error_code& ec);

  bool is_header_done() const { return head_.is_header_done(); }
  bool is_done() const noexcept { return framing_ == framing::done; }

private:
  using string_view = boost::beast::string_view;

  /// Stops where the body begins.
  class head_parser final : public boost::beast::http::basic_parser<false> {
  public:
    explicit head_parser(response& into) : into_{into} {}

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
  };

  /// Where the body ends (RFC 9112, 6.3).
  enum class framing : std::uint8_t { head, length, chunks, until_end, done };

  void begin_body(error_code& ec);
  std::size_t put_body(std::span<std::byte> bytes, error_code& ec);
  void take(std::span<const std::byte> bytes, error_code& ec);
  void finish();

  response& into_;
  body_use use_;
  bool to_head_;
  bool hashes_ = false;
  framing framing_ = framing::head;
  /// With `framing::length`: bytes still to come.
  std::uint64_t left_ = 0;
  head_parser head_;
  http::chunked_decoder chunks_;
};

} // namespace gantry::bench
