// The request line and header fields, parsed by Beast and judged by RFC 9112: ambiguous heads are
// refused.
#pragma once

#include "http/refusal.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::http {

/// Parses only whole heads, so the assertions of Beast's parser about bodies cannot be reached.
using request_parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

/// A view of the parsers that hold the header; valid until these start on the next request.
class request_head {
public:
  using field = boost::beast::http::field;

  /// Refuses a head that two servers could read in two ways: Content-Length twice or beside
  /// Transfer-Encoding, a coding other than chunked, HTTP/1.1 without exactly one valid Host, two
  /// Origins. Errors: malformed, content_encoding_unsupported.
  static result<request_head> of(const request_parser& parser);
  /// The same fields below another request line of the same version, the only thing that `line` has
  /// parsed. Errors: malformed.
  result<request_head> below(const request_parser& line) const;

  std::string_view method() const { return to_view(line_->method_string()); }
  std::string_view target() const { return to_view(line_->target()); }
  bool is_head() const { return line_->method() == boost::beast::http::verb::head; }
  bool is_http_1_0() const { return fields_->version() == 10; }

  /// The first field of that name; an empty field is not absent.
  std::optional<std::string_view> find(field name) const;
  std::optional<std::string_view> find(std::string_view name) const;
  /// The field of that name; absent if there are several.
  std::optional<std::string_view> find_only(std::string_view name) const;
  /// All fields of that name as one list, in their order (RFC 9110, 5.3); empty if there is none.
  std::string find_list(std::string_view name) const;
  /// Calls `visit(name, value)` for each field, in the order in which they came.
  template <class Visit>
  void visit_fields(Visit visit) const {
    for (const auto& each : *fields_)
      visit(to_view(each.name_string()), to_view(each.value()));
  }

  /// Bytes of the body, if the client declared them.
  std::optional<std::uint64_t> content_length() const noexcept { return content_length_; }
  bool is_chunked() const noexcept { return chunked_; }
  bool has_body() const noexcept { return chunked_ || content_length_.value_or(0) > 0; }
  bool expects_continue() const noexcept { return expects_continue_; }
  /// Whether the client wants to keep the connection afterwards.
  bool keep_alive() const { return fields_->keep_alive(); }

private:
  using message = request_parser::value_type;
  using entry = boost::beast::http::fields::value_type;

  /// Those that many requests are asked for: one pass finds them all, faster than a look-up each.
  static constexpr std::array indexed{
    field::accept,         field::authorization,     field::connection,   field::content_encoding,
    field::content_length, field::content_range,     field::content_type, field::expect,
    field::host,           field::if_none_match,     field::if_range,     field::origin,
    field::range,          field::transfer_encoding, field::user_agent};

  explicit request_head(const message& parsed);

  static std::string_view to_view(boost::beast::string_view text) {
    return {text.data(), text.size()};
  }
  /// The place in `indexed`; its size for others.
  static std::size_t place_of(field name) noexcept;
  /// Up to two. `name` is one of `indexed`.
  unsigned count(field name) const noexcept;
  result<void> judge();
  result<void> judge_framing();
  result<void> judge_host() const;
  result<void> judge_target() const;

  const message* line_;
  const message* fields_;
  /// The first field of each name in `indexed`; null if there is none.
  std::array<const entry*, indexed.size()> first_{};
  /// By place: whether there are several.
  std::bitset<indexed.size()> repeated_;
  std::optional<std::uint64_t> content_length_;
  bool chunked_ = false;
  bool expects_continue_ = false;
};

} // namespace gantry::http
