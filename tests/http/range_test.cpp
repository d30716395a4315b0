// Range arithmetic.
#include "http/range.hpp"

#include "support/mutation.hpp"
#include "support/print_range.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

using gantry::http::content_range;
using gantry::http::parse_content_range;
using gantry::http::parse_range;
using gantry::http::unsatisfied_range;

namespace {

constexpr auto highest = std::numeric_limits<std::uint64_t>::max();

struct range_case {
  std::string_view header;
  std::uint64_t size;
  std::vector<gantry::byte_range> expected;
};

std::ostream& operator<<(std::ostream& out, const range_case& sample) {
  return out << '"' << sample.header << "\" of " << sample.size;
}

struct refused_case {
  std::string header;
  std::uint64_t size = 2048;
};

std::ostream& operator<<(std::ostream& out, const refused_case& sample) {
  return out << '"' << sample.header << "\" of " << sample.size;
}

const range_case satisfiable[] = {
  {"bytes=500-1499", 2048, {{500, 1499}}},   // case 70
  {"bytes=500-", 2048, {{500, 2047}}},       // case 71
  {"bytes=-500", 2048, {{1548, 2047}}},      // case 72
  {"bytes=2000-5000", 2048, {{2000, 2047}}}, // case 73
  {"bytes=-5000", 2048, {{0, 2047}}},
  {"bytes=0-0", 1, {{0, 0}}},
  {"bytes=-1", 1, {{0, 0}}},
  {"BYTES = 0-1", 2048, {{0, 1}}},
  {"bytes=0-99999999999999999999999", 2048, {{0, 2047}}},
  {"bytes=-99999999999999999999999", 2048, {{0, 2047}}},
  {"bytes=0-1,5-6", 2048, {{0, 1}, {5, 6}}},   // case 78
  {"bytes=5-6 , 0-1", 2048, {{5, 6}, {0, 1}}}, // case 78
  {"bytes=0-5,3-8", 2048, {{0, 5}, {3, 8}}},   // case 78
  {"bytes=,0-1,,2-3,", 2048, {{0, 1}, {2, 3}}},
  {"bytes=5000-,0-1", 2048, {{0, 1}}},
  {"bytes=0-1023,1024-", 2048, {{0, 1023}, {1024, 2047}}},
  {"bytes=0-9,-1", highest, {{0, 9}, {highest - 1, highest - 1}}},
  {"nibbles=1-2", 2048, {}}, // case 76
  {"nibbles=x", 0, {}},
};

const refused_case unsatisfiable[] = {
  {"bytes=500-0"},      // case 74
  {"bytes=5000-10000"}, // case 75
  {"bytes=2048-"},
  {"bytes=x-y"}, // case 76
  // case 77
  {"bytes="},
  {"bytes=-"},
  {"bytes=a-b"},
  {"=0-1"},
  {"bytes=5-2"},
  {"bytes=-0"},
  {"bytes 0-1"},
  {""},
  {"bytes"},
  {"bytes=,"},
  {"bytes=1"},
  {"bytes=1-2-3"},
  {"bytes=+1-2"},
  {"bytes=0x1-2"},
  {"bytes=1 - 2"},
  {"bytes=0-1,x"},
  {"bytes=99999999999999999999-"},
  // case 81
  {"bytes=0-", 0},
  {"bytes=0-0", 0},
  {"bytes=-1", 0},
};

/// `count` ranges of `length` bytes, one every `step`.
std::string many_ranges(std::size_t count, std::uint64_t step, std::uint64_t length) {
  std::string header = "bytes=";
  for (std::size_t i = 0; i < count; ++i)
    header +=
      (i == 0 ? "" : ",") + std::to_string(i * step) + '-' + std::to_string(i * step + length - 1);
  return header;
}

// case 79
const refused_case excessive[] = {
  {"bytes=0-,0-"},
  {"bytes=0-,0-0"},
  {"bytes=0-,0-,0-,0-", highest},
  {"bytes=0-9,5-14,10-19"},
  {"bytes=0-9,1-1,5-5"},
  {many_ranges(gantry::http::max_ranges + 1, 10, 10), 1'000'000},
  {many_ranges(gantry::http::max_ranges, 1, 10), 1'000'000},
  {many_ranges(gantry::http::max_ranges + 1, 10, 10), 10}, // also where most lie outside
};

const range_case chunks[] = {
  {"0-4", 0, {{0, 4}}},          // case 98
  {"bytes 0-4/*", 0, {{0, 4}}},  // case 98
  {"bytes 5-9/10", 0, {{5, 9}}}, // case 98
  {" 0-0 ", 0, {{0, 0}}},
  {"18446744073709551613-18446744073709551614", 0, {{highest - 2, highest - 1}}},
};

// case 101
const refused_case bad_chunks[] = {
  {"0-bar"},
  {"x-y"},
  {"4-0"},
  {""},
  {"-"},
  {"5-"},
  {"-5"},
  {"0"},
  {"0-1,2-3"},
  {"bytes */10"},
  {"0-4/4"},
  {"bytes 0-4/"},
  {"items 0-4/10"},
  {"bytes 0-4 5"},
  {"0-18446744073709551615"},
  {"0-99999999999999999999"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(range)

BOOST_DATA_TEST_CASE(ranges_are_clamped_and_keep_their_order,
                     boost::unit_test::data::make(satisfiable)) {
  const auto parsed = parse_range(sample.header, sample.size);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(*parsed == sample.expected, boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(what_cannot_be_served_is_refused,
                     boost::unit_test::data::make(unsatisfiable)) {
  const auto parsed = parse_range(sample.header, sample.size);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST((parsed.error().code == gantry::http::refusal_code::range_not_satisfiable));
  BOOST_TEST(parsed.error().detail.size() < 100u);
}

BOOST_DATA_TEST_CASE(what_would_cost_too_much_is_refused_without_an_echo,
                     boost::unit_test::data::make(excessive)) {
  const auto parsed = parse_range(sample.header, sample.size);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST((parsed.error().code == gantry::http::refusal_code::too_many_ranges));
  BOOST_TEST(parsed.error().detail.size() < 100u);
}

BOOST_AUTO_TEST_CASE(as_many_ranges_as_clients_ask_for_are_served) {
  const auto parsed = parse_range(many_ranges(gantry::http::max_ranges, 500, 10), 1'000'000);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->size() == 1024u);
  BOOST_TEST(parsed->back() == (gantry::byte_range{1023 * 500, 1023 * 500 + 9}));
}

BOOST_DATA_TEST_CASE(the_range_of_a_chunk_is_read_in_each_form,
                     boost::unit_test::data::make(chunks)) {
  const auto parsed = parse_content_range(sample.header);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(*parsed == sample.expected.front());
}

BOOST_DATA_TEST_CASE(a_malformed_range_of_a_chunk_is_refused,
                     boost::unit_test::data::make(bad_chunks)) {
  const auto parsed = parse_content_range(sample.header);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST((parsed.error().code == gantry::http::refusal_code::range_not_satisfiable));
}

BOOST_AUTO_TEST_CASE(ranges_are_rendered_as_http_wants_them) {
  BOOST_TEST(gantry::http::content_range({500, 1499}, 2048) == "bytes 500-1499/2048"); // case 70
  BOOST_TEST(gantry::http::unsatisfied_range(2048) == "bytes */2048");                 // case 75
}

BOOST_AUTO_TEST_CASE(damaged_ranges_never_reach_outside) {
  gantry::test::mutator damage;
  for (int round = 0; round < 4000; ++round) {
    const std::string header = damage("bytes=0-1, 500-1499,-500,2000-");
    const std::uint64_t size = round % 3 == 0 ? highest : 2048;
    if (const auto parsed = parse_range(header, size)) {
      auto left = size;
      for (const auto& range : *parsed) {
        if (range.first > range.last || range.last >= size)
          BOOST_ERROR("outside: " << header);
        if (range.length() > left)
          BOOST_ERROR("more than there is: " << header);
        left -= range.length();
      }
    }
    const std::string chunk = damage("bytes 5-9/10");
    if (const auto parsed = parse_content_range(chunk); parsed && parsed->length() == 0)
      BOOST_ERROR("empty: " << chunk);
  }
}

BOOST_AUTO_TEST_SUITE_END()
