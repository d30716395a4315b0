// Reads an answer as far as the load generator looks at one.
#pragma once

#include "bench/message.hpp"

#include <boost/beast/http/basic_parser.hpp>

namespace gantry::bench {

/// Fills a `response`, field by field and piece by piece: nothing but the fields named there is
/// copied, no body is held unless it is kept. One answer each.
class response_parser final : public boost::beast::http::basic_parser<false> {
public:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  /// `into` outlives the parser. `to_head` says that no body follows.
  response_parser(response& into, body_use use, bool to_head);

private:
  void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                       error_code&) override {}
  void on_response_impl(int status, string_view reason, int version, error_code& ec) override;
  void on_field_impl(boost::beast::http::field name, string_view name_string, string_view value,
                     error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override;
  std::size_t on_body_impl(string_view bytes, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t left, string_view bytes, error_code& ec) override;
  void on_finish_impl(error_code& ec) override;

  response& into_;
  body_use use_;
  bool hashes_ = false;
};

} // namespace gantry::bench
