// Parsing `n` and `last`.
#include "domain/paging.hpp"

#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <ostream>
#include <string_view>

using gantry::errc;
using gantry::page_limits;
using gantry::parse_page;

namespace {

struct valid_case {
  std::string_view name;
  std::optional<std::string_view> n;
  std::optional<std::string_view> last;
  std::size_t limit;
  std::string_view expected_last;
};

std::ostream& operator<<(std::ostream& out, const valid_case& sample) {
  return out << sample.name;
}

struct invalid_case {
  std::string_view n;
};

std::ostream& operator<<(std::ostream& out, const invalid_case& sample) {
  return out << '"' << sample.n << '"';
}

const valid_case valid[] = {
  {"neither", {}, {}, 100, ""},       // cases 31, 42
  {"an empty last", {}, "", 100, ""}, // case 43
  {"an empty n", "", {}, 100, ""},    // case 44
  {"both empty", "", "", 100, ""},    // case 45
  {"a number", "5", {}, 5, ""},       // cases 32, 36
  {"zero", "0", {}, 0, ""},           // cases 34, 56
  {"leading zeros", "007", {}, 7, ""},
  {"the maximum", "1000", {}, 1000, ""},
  {"above the maximum", "1001", {}, 1000, ""},                   // cases 33, 55
  {"the greatest number", "18446744073709551615", {}, 1000, ""}, // case 41
  {"only last", {}, "library/x", 100, "library/x"},              // cases 37, 38
  {"n and last", "2", "asj9e", 2, "asj9e"},                      // case 48
};

// cases 35, 46, 47
const invalid_case invalid[] = {
  {"-1"},
  {"x"},
  {"foo"},
  {"1e9999"},
  {"99999999999999999999"},
  {"18446744073709551616"},
  {"+5"},
  {" 5"},
  {"5 "},
  {"1.0"},
  {"0x10"},
  {"-0"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(paging)

BOOST_DATA_TEST_CASE(n_and_last_make_a_page_request, boost::unit_test::data::make(valid)) {
  const auto parsed = parse_page(sample.n, sample.last, page_limits{});
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->limit == sample.limit);
  BOOST_TEST(parsed->last == sample.expected_last);
}

BOOST_DATA_TEST_CASE(an_n_that_is_not_a_number_is_refused, boost::unit_test::data::make(invalid)) {
  const auto parsed = parse_page(sample.n, {}, page_limits{});
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST(parsed.error().code == errc::pagination_invalid);
}

// case 33
BOOST_AUTO_TEST_CASE(excess_can_be_refused_instead_of_clamped) {
  const page_limits limits{.default_limit = 100, .max_limit = 1000, .refuse_excess = true};
  BOOST_TEST(parse_page("1000", {}, limits).value().limit == 1000u);
  BOOST_TEST(parse_page("1001", {}, limits).error().code == errc::pagination_invalid);
}

BOOST_AUTO_TEST_SUITE_END()
