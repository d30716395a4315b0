#include "http/head_scanner.hpp"

#include "http/request_head.hpp"

#include "support/mutation.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <ostream>
#include <string>

using gantry::http::max_header_fields;
using gantry::http::refusal_code;

namespace {

constexpr std::size_t max_head = 8192;

struct scanned_head {
  std::optional<std::size_t> length;
  std::optional<refusal_code> refused;

  bool operator==(const scanned_head&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const scanned_head& shown) {
    return out << "length " << shown.length.value_or(0) << " error "
               << static_cast<int>(shown.refused.value_or(refusal_code{}));
  }
};

/// Scans what has come after each further `step` bytes.
scanned_head scan(const std::string& text, std::size_t step) {
  gantry::http::head_scanner scanner{max_head};
  for (std::size_t came = std::min(step, text.size());; came = std::min(came + step, text.size())) {
    const auto length = scanner.scan(std::string_view{text}.substr(0, came));
    if (!length)
      return {{}, length.error().code};
    if (*length || came == text.size())
      return {*length, {}};
  }
}

struct refused_head {
  const char* what;
  std::string text;
  refusal_code why;

  friend std::ostream& operator<<(std::ostream& out, const refused_head& row) {
    return out << row.what;
  }
};

std::string fields(std::size_t count) {
  std::string text = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < count; ++i)
    text += "a:\r\n";
  return text + "\r\n";
}

const refused_head refused_heads[] = {
  {"a TLS hello", "\x16\x03\x01", refusal_code::malformed},
  {"an empty line", "\r\n", refusal_code::malformed},
  {"a line that ends in LF alone", "GET / HTTP/1.1\nHost: x\r\n\r\n", refusal_code::malformed},
  {"an empty line of LF alone", "GET / HTTP/1.1\r\n\n", refusal_code::malformed},
  {"a folded field", "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", refusal_code::malformed},
  {"a field folded with a tab", "GET / HTTP/1.1\r\n\tX: a\r\n\r\n", refusal_code::malformed},
  {"a target without an end", "GET /" + std::string(max_head, 'a'), refusal_code::target_too_long},
  {"a field without an end", "GET / HTTP/1.1\r\nX: " + std::string(max_head, 'a'),
   refusal_code::head_too_large},
  {"a head that is complete but too large",
   "GET / HTTP/1.1\r\nX: " + std::string(max_head, 'a') + "\r\n\r\n", refusal_code::head_too_large},
  {"too many fields", fields(max_header_fields + 1), refusal_code::head_too_large},
};

} // namespace

BOOST_AUTO_TEST_SUITE(head_scanner)

BOOST_AUTO_TEST_CASE(the_end_of_a_head_is_found_however_it_comes) {
  const std::string head = "GET /v2/ HTTP/1.1\r\nHost: x\r\nX-A:\r\n\r\n";
  for (std::size_t step = 1; step <= head.size() + 7; ++step)
    BOOST_TEST(scan(head + "01234\r\n", step) == (scanned_head{head.size(), {}}));
  for (std::size_t cut = 0; cut < head.size(); ++cut)
    BOOST_TEST(scan(head.substr(0, cut), head.size()) == scanned_head{});
}

BOOST_DATA_TEST_CASE(what_no_head_can_hold_is_refused,
                     boost::unit_test::data::make(refused_heads)) {
  const scanned_head expected{{}, sample.why};
  BOOST_TEST(scan(sample.text, sample.text.size()) == expected);
  BOOST_TEST(scan(sample.text, 1) == expected);
}

BOOST_AUTO_TEST_CASE(a_head_of_many_fields_is_taken) {
  const auto head = fields(max_header_fields);
  BOOST_TEST(scan(head, 1) == (scanned_head{head.size(), {}}));
}

BOOST_AUTO_TEST_CASE(empty_lines_in_front_are_counted_whole) {
  using gantry::http::empty_lines;
  BOOST_TEST(empty_lines("") == 0u);
  BOOST_TEST(empty_lines("\r") == 0u);
  BOOST_TEST(empty_lines("\r\n\r\n\rG") == 4u);
  BOOST_TEST(empty_lines("GET\r\n") == 0u);
}

BOOST_AUTO_TEST_CASE(the_parser_agrees_on_where_a_head_ends) {
  gantry::test::mutator damage;
  int complete = 0;
  for (int round = 0; round < 4000; ++round) {
    const auto text = damage("PUT /v2/a/manifests/t HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                             "Connection: keep-alive, close\r\nTransfer-Encoding: chunked\r\n\r\n");
    const auto found = scan(text, text.size());
    if (!found.length)
      continue;
    gantry::http::request_parser parser;
    boost::system::error_code ec;
    const auto parsed = parser.put(boost::asio::buffer(text.data(), *found.length), ec);
    if (ec)
      continue;
    ++complete;
    if (parsed != *found.length || !parser.is_header_done())
      BOOST_ERROR("the parser stops elsewhere: " << text);
    static_cast<void>(gantry::http::request_head::of(parser));
  }
  BOOST_TEST(complete > 100);
}

BOOST_AUTO_TEST_SUITE_END()
