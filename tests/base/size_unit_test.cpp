#include "base/size_unit.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(size_unit)

BOOST_AUTO_TEST_CASE(bytes_need_no_unit) {
  for (const auto* unit : {"", "b", "B"})
    BOOST_TEST(bytes_in(unit).value() == 1u, unit);
}

BOOST_AUTO_TEST_CASE(a_prefix_alone_and_either_spelling_of_bytes_mean_the_same) {
  for (const auto* unit : {"m", "M", "MB", "mb", "MiB", "mIb"})
    BOOST_TEST(bytes_in(unit).value() == 1024u * 1024u, unit);
}

BOOST_AUTO_TEST_CASE(each_prefix_is_1024_times_the_previous_one) {
  std::uint64_t bytes = 1;
  for (const auto prefix : size_prefixes)
    BOOST_TEST(bytes_in({&prefix, 1}).value() == (bytes *= 1024), prefix);
  BOOST_TEST(bytes == std::uint64_t{1} << 60);
}

BOOST_AUTO_TEST_CASE(an_unknown_unit_has_no_bytes) {
  for (const auto* unit : {"x", "Xb", "bB", "Mi", "MiBB", "iB", " MB", "M B"})
    BOOST_TEST(!bytes_in(unit).has_value(), unit);
}

BOOST_AUTO_TEST_SUITE_END()
