#include "http/conditional.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

using namespace gantry;

namespace {

const std::string id = "sha256:ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73";

/// `$` stands for the tag.
struct condition {
  const char* field;
  bool holds;

  std::string text() const {
    std::string filled = field;
    for (auto at = filled.find('$'); at != std::string::npos; at = filled.find('$'))
      filled.replace(at, 1, id);
    return filled;
  }
  friend std::ostream& operator<<(std::ostream& out, const condition& row) {
    return out << row.field;
  }
};

// cases 69, 156
const condition none_match[] = {
  {"\"$\"", true},      {"$", true},
  {"W/\"$\"", true},    {"\"other\", \"$\"", true},
  {"*", true},          {"\"other\" ,  W/\"$\" ", true},
  {"\"other\"", false}, {"", false},
  {"\"$0\"", false},    {",,,", false},
};

// case 80
const condition if_range[] = {
  {"\"$\"", true},
  {"W/\"$\"", false},
  {"\"other\"", false},
  {"Sun, 06 Nov 1994 08:49:37 GMT", false},
};

struct parsed {
  explicit parsed(const std::string& fields) {
    boost::system::error_code ec;
    const auto text = "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    parser.put(boost::asio::buffer(text), ec);
    BOOST_REQUIRE(parser.is_header_done());
  }
  http::request_head head() const { return http::request_head::of(parser).value(); }
  http::request_parser parser;
};

} // namespace

BOOST_AUTO_TEST_SUITE(conditional)

BOOST_DATA_TEST_CASE(if_none_match_is_read_as_clients_write_it,
                     boost::unit_test::data::make(none_match)) {
  const parsed request{"If-None-Match: " + sample.text() + "\r\n"};
  BOOST_TEST(http::is_not_modified(request.head(), id) == sample.holds);
}

BOOST_AUTO_TEST_CASE(without_a_condition_content_is_sent) {
  const parsed request{""};
  BOOST_TEST(!http::is_not_modified(request.head(), id));
  BOOST_TEST(!http::effective_range(request.head(), id).has_value());
}

BOOST_DATA_TEST_CASE(a_range_counts_only_for_the_same_content,
                     boost::unit_test::data::make(if_range)) {
  const parsed request{"Range: bytes=0-1\r\nIf-Range: " + sample.text() + "\r\n"};
  BOOST_TEST(http::effective_range(request.head(), id).has_value() == sample.holds);
}

BOOST_AUTO_TEST_SUITE_END()
