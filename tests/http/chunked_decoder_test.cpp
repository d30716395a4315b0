#include "http/chunked_decoder.hpp"

#include "support/mutation.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// What a body is decoded to, piece by piece.
struct decoded_body {
  std::string body;
  bool done = false;
  /// Of an error; empty for none.
  std::string detail;
  /// What was left of the input behind the body.
  std::string rest;

  bool operator==(const decoded_body&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const decoded_body& shown) {
    return out << '"' << shown.body << "\" " << shown.done << " \"" << shown.detail << "\" +"
               << shown.rest.size();
  }
};

std::span<std::byte> bytes_of(std::string& text) {
  return std::as_writable_bytes(std::span{text});
}

/// Feeds the pieces in turn, each decoded in place.
decoded_body decode_in_place(const std::vector<std::string>& pieces) {
  gantry::http::chunked_decoder decoder;
  decoded_body seen;
  for (auto piece : pieces) {
    const auto made = decoder.decode(bytes_of(piece), bytes_of(piece));
    if (!made) {
      seen.detail = made.error().detail;
      return seen;
    }
    seen.body += piece.substr(0, made->body);
    if (decoder.is_done())
      seen.rest += piece.substr(made->consumed);
    else
      BOOST_TEST(made->consumed == piece.size());
  }
  seen.done = decoder.is_done();
  return seen;
}

/// Gives the decoder room for `room` bytes at a time.
decoded_body decode_into(std::string text, std::size_t room) {
  gantry::http::chunked_decoder decoder;
  decoded_body seen;
  std::string space(room, '\0');
  auto input = bytes_of(text);
  while (!input.empty() && !decoder.is_done()) {
    const auto made = decoder.decode(input, bytes_of(space));
    if (!made) {
      seen.detail = made.error().detail;
      return seen;
    }
    BOOST_REQUIRE(made->consumed > 0u);
    seen.body += space.substr(0, made->body);
    input = input.subspan(made->consumed);
  }
  seen.done = decoder.is_done();
  seen.rest.assign(reinterpret_cast<const char*>(input.data()), input.size());
  return seen;
}

struct coding {
  std::string text;
  std::string body;

  friend std::ostream& operator<<(std::ostream& out, const coding& row) {
    return out << '"' << row.text << '"';
  }
};

const coding well_formed_codings[] = {
  {"0\r\n\r\n", ""},
  {"5\r\n01234\r\n0\r\n\r\n", "01234"},
  {"005\r\n01234\r\n000\r\n\r\n", "01234"},
  {"a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n", "01234567890123456789a"},
  {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
  {"5;name=value\r\n01234\r\n0;last\r\n\r\n", "01234"},
  {"5 ; name=\"a;b\"\r\n01234\r\n0\t;x\r\n\r\n", "01234"},
  {"1\r\nx\r\n0\r\nX-T: y\r\n\r\n", "x"},
  {"1\r\nx\r\n0\r\nContent-Type: text/plain\r\nOrigin:\r\nX-T:\ta b\xff\r\n\r\n", "x"},
  {"0\r\nHosts: a\r\nA-Name-Of-More-Than-Twenty-Characters: b\r\n\r\n", ""},
};

const char* const malformed_codings[] = {
  "x\r\n",
  "\r\n",
  "-5\r\n",
  "+5\r\n",
  "0x5\r\n",
  " 5\r\n",
  "5 \r\n",
  "5 a\r\n",
  "5\n01234",
  "5\r01234",
  "5;a\nb\r\n",
  "5;a\rb\r\n",
  "5\r\n012345",
  "5\r\n01234\n",
  "5\r\n01234\rx",
  "fffffffffffffffff\r\n",
  "10000000000000000\r\n",
  "0\r\nX\r\n",
  "0\r\n: x\r\n",
  "0\r\nX : x\r\n",
  "0\r\n X: x\r\n",
  "0\r\nX: x\n\r\n",
  "0\r\nX: x\r\n\n",
  "0\r\nX: x\r\n folded\r\n",
  "0\r\nX: a\x01\r\n",
  "0\r\n\rx",
};

/// In any case of letters, and behind other fields.
const char* const refused_trailers[] = {
  "Content-Length: 5", "transfer-encoding: chunked", "HOST: y", "Authorization: Basic eA==",
  "Cookie: a=b",       "Proxy-Authorization: x",     "Host:",   "X-T: y\r\nHost: y",
};

} // namespace

BOOST_AUTO_TEST_SUITE(chunked_decoder)

BOOST_DATA_TEST_CASE(a_body_is_the_same_wherever_its_coding_is_cut,
                     boost::unit_test::data::make(well_formed_codings)) {
  const std::string next = "GET /v2/ HTTP/1.1\r\n";
  const decoded_body expected{sample.body, true, {}, next};
  const auto whole = sample.text + next;
  BOOST_TEST(decode_in_place({whole}) == expected);
  for (std::size_t first = 0; first <= whole.size(); ++first)
    for (std::size_t second = first; second <= whole.size(); ++second)
      BOOST_TEST(decode_in_place({whole.substr(0, first), whole.substr(first, second - first),
                                  whole.substr(second)}) == expected);
  std::vector<std::string> single;
  for (const char c : whole)
    single.emplace_back(1, c);
  BOOST_TEST(decode_in_place(single) == expected);
}

BOOST_DATA_TEST_CASE(a_body_is_the_same_whatever_room_it_gets,
                     boost::unit_test::data::make(well_formed_codings)) {
  for (std::size_t room = 1; room < 8; ++room)
    BOOST_TEST(decode_into(sample.text + "rest", room) ==
               (decoded_body{sample.body, true, {}, "rest"}));
}

BOOST_DATA_TEST_CASE(malformed_codings_are_refused_wherever_they_are_cut,
                     boost::unit_test::data::make(malformed_codings)) {
  const std::string text = sample;
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    BOOST_TEST(decode_in_place({text.substr(0, cut), text.substr(cut)}).detail ==
               "malformed chunks");
}

BOOST_DATA_TEST_CASE(no_prefix_of_a_body_is_refused_or_complete,
                     boost::unit_test::data::make(well_formed_codings)) {
  for (std::size_t cut = 0; cut < sample.text.size(); ++cut) {
    const auto seen = decode_in_place({sample.text.substr(0, cut)});
    BOOST_TEST(!seen.done);
    BOOST_TEST(seen.detail == "");
  }
}

BOOST_DATA_TEST_CASE(a_trailer_that_would_steer_the_request_is_named_and_refused,
                     boost::unit_test::data::make(refused_trailers)) {
  const auto text = "1\r\nx\r\n0\r\n" + std::string{sample} + "\r\n\r\n";
  const auto whole = decode_in_place({text});
  BOOST_TEST(whole.detail.find("belongs in the head") != std::string::npos);
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    BOOST_TEST(decode_in_place({text.substr(0, cut), text.substr(cut)}).detail == whole.detail);
}

BOOST_AUTO_TEST_CASE(the_line_of_a_chunk_has_a_limit) {
  const auto line = [](std::size_t bytes) { return "1;" + std::string(bytes - 2, 'x') + "\r\n"; };
  const auto longest = line(gantry::http::max_chunk_line) + "y\r\n0\r\n\r\n";
  BOOST_TEST(decode_in_place({longest}).body == "y");
  BOOST_TEST(!decode_in_place({line(gantry::http::max_chunk_line + 1)}).detail.empty());
  // Before the line ends, and also where it has no extension.
  BOOST_TEST(!decode_in_place({"1;" + std::string(60'000, 'x')}).detail.empty());
  BOOST_TEST(!decode_in_place({std::string(60'000, '0')}).detail.empty());
  BOOST_TEST(!decode_in_place({"1" + std::string(60'000, ' ')}).detail.empty());
}

BOOST_AUTO_TEST_CASE(each_chunk_has_a_line_of_its_own) {
  std::string text;
  for (int i = 0; i < 10; ++i)
    text += "1;" + std::string(gantry::http::max_chunk_line - 2, 'x') + "\r\ny\r\n";
  BOOST_TEST(decode_in_place({text + "0\r\n\r\n"}).body == std::string(10, 'y'));
}

BOOST_AUTO_TEST_CASE(trailers_have_a_limit) {
  const auto fields = [](std::size_t count) {
    std::string text = "0\r\n";
    for (std::size_t i = 0; i < count; ++i)
      text += "X: y\r\n";
    return text + "\r\n";
  };
  BOOST_TEST(decode_in_place({fields(gantry::http::max_trailer_fields)}).done);
  BOOST_TEST(!decode_in_place({fields(gantry::http::max_trailer_fields + 1)}).detail.empty());
  const auto longest = std::string(gantry::http::max_trailer_bytes - 2, 'y');
  BOOST_TEST(decode_in_place({"0\r\nX:" + longest + "\r\n\r\n"}).done);
  BOOST_TEST(!decode_in_place({"0\r\nX:" + longest + "y"}).detail.empty());
}

BOOST_AUTO_TEST_CASE(a_chunk_says_how_much_of_it_is_to_come) {
  gantry::http::chunked_decoder decoder;
  std::string text = "ffffffffffffffff\r\n01";
  BOOST_TEST(decoder.left() == 0u);
  const auto made = decoder.decode(bytes_of(text), bytes_of(text));
  BOOST_REQUIRE(made);
  BOOST_TEST(made->body == 2u);
  BOOST_TEST(decoder.left() == 0xFFFF'FFFF'FFFF'FFFDu);
}

BOOST_AUTO_TEST_CASE(damaged_codings_are_judged_alike_in_one_piece_and_in_many) {
  gantry::test::mutator damage;
  for (int round = 0; round < 4000; ++round) {
    const auto text = damage("5;a=b\r\n01234\r\n3\r\nabc\r\n0\r\nX-T: y\r\n\r\n");
    const auto whole = decode_in_place({text});
    std::vector<std::string> single;
    for (const char c : text)
      single.emplace_back(1, c);
    const auto piecewise = decode_in_place(single);
    if (whole.detail != piecewise.detail || whole.done != piecewise.done ||
        (whole.done && (whole.body != piecewise.body || whole.rest != piecewise.rest)))
      BOOST_ERROR("judged differently: " << text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
