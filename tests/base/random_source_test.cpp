// Random bytes, and the other source that a simulation gives.
#include "base/random.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(random_source)

BOOST_AUTO_TEST_CASE(bytes_differ_each_time) {
  std::array<unsigned char, 32> first{};
  std::array<unsigned char, 32> second{};
  fill_with_random(first);
  fill_with_random(second);
  BOOST_TEST((first != second));
}

BOOST_AUTO_TEST_CASE(another_source_is_used_while_it_lives) {
  std::array<unsigned char, 32> bytes{};
  {
    const gantry::random_source ones{[](std::span<unsigned char> wanted) {
      std::ranges::fill(wanted, static_cast<unsigned char>(1));
    }};
    fill_with_random(bytes);
    BOOST_TEST(std::ranges::count(bytes, 1) == 32);
  }
  fill_with_random(bytes);
  BOOST_TEST(std::ranges::count(bytes, 1) < 32);
}

BOOST_AUTO_TEST_SUITE_END()
