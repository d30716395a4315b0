#include "bench/layer_sizes.hpp"

#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <ostream>
#include <string>
#include <vector>

namespace bench = gantry::bench;

namespace {

struct valid_sizes {
  const char* text;
  const char* in_bytes;
};

std::ostream& operator<<(std::ostream& out, const valid_sizes& sizes) {
  return out << sizes.text;
}

const valid_sizes valid[] = {
  {"48", "48"},
  {"48B", "48"},
  {"1k", "1024"},
  {"1KB", "1024"},
  {"3mib", "3145728"},
  {"2GiB", "2147483648"},
  {"1TB", "1099511627776"},
  {"1KiB,64KiB,1MiB", "1024,65536,1048576"},
  {"100,100", "100,100"},
  {"1KiB..1MiB", "1024..1048576"},
  {"64..64", "64..64"},
};

const char* const invalid[] = {
  "",
  "47",
  "0",
  "-1",
  "1.5MiB",
  "MiB",
  "1 MiB",
  "1Mi",
  "1PiB",
  "1000TB",
  "1KiB,",
  ",1KiB",
  "a..b",
  "1MiB..1KiB",
  "1KiB..",
  "..1KiB",
  "1..1KiB",
  "18446744073709551616",
  "64..1KiB,2KiB",
  "17179869184TiB",
};

} // namespace

BOOST_AUTO_TEST_SUITE(layer_sizes)

BOOST_DATA_TEST_CASE(sizes_are_read_with_their_units, valid) {
  const auto read = bench::layer_sizes::parse(sample.text);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->to_string() == sample.in_bytes);
}

BOOST_DATA_TEST_CASE(malformed_sizes_are_refused, invalid) {
  BOOST_TEST(!bench::layer_sizes::parse(sample).has_value());
}

BOOST_AUTO_TEST_CASE(layers_take_sizes_in_turn) {
  const auto sizes = bench::layer_sizes::parse("300,100,200,100").value();
  std::vector<std::uint64_t> got;
  for (std::uint32_t layer = 0; layer < 6; ++layer)
    got.push_back(sizes.of(1, 2, layer));
  const std::vector<std::uint64_t> expected{300, 100, 200, 100, 300, 100};
  BOOST_TEST(got == expected, boost::test_tools::per_element());
  const std::vector<std::uint64_t> all{100, 200, 300};
  BOOST_TEST(sizes.all() == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_order_of_magnitude_of_a_range_is_equally_likely) {
  const auto sizes = bench::layer_sizes::parse("1KiB..1GiB").value();
  BOOST_TEST(sizes.all().size() == 256u);
  BOOST_TEST(sizes.all().front() == 1024u);
  BOOST_TEST(sizes.all().back() == 1024u * 1024 * 1024);
  // Below a mebibyte, below 32, and the rest.
  std::array<int, 3> drawn{};
  for (std::uint64_t number = 0; number < 1000; ++number)
    for (std::uint32_t layer = 0; layer < 3; ++layer) {
      const auto size = sizes.of(7, number, layer);
      ++drawn[size < 1024 * 1024 ? 0 : size < 32 * 1024 * 1024 ? 1 : 2];
    }
  BOOST_TEST(drawn[0] > 1350);
  BOOST_TEST(drawn[0] < 1650);
  BOOST_TEST(drawn[1] > 650);
  BOOST_TEST(drawn[2] > 650);
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_sizes) {
  const auto sizes = bench::layer_sizes::parse("1KiB..1MiB").value();
  int others = 0;
  for (std::uint64_t number = 0; number < 100; ++number) {
    BOOST_TEST(sizes.of(7, number, 0) == sizes.of(7, number, 0));
    others += sizes.of(7, number, 0) != sizes.of(8, number, 0);
  }
  BOOST_TEST(others > 50);
}

BOOST_AUTO_TEST_SUITE_END()
