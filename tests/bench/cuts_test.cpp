#include "bench/workloads/cuts.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <vector>

namespace bench = gantry::bench;

namespace {

struct cut_case {
  std::uint32_t count;
  std::uint64_t size;
  std::uint64_t chunk;
  std::size_t cuts;
};

std::ostream& operator<<(std::ostream& out, const cut_case& each) {
  return out << each.count << " in " << each.size << " by " << each.chunk;
}

const cut_case cases[] = {
  {0, 100, 10, 0},   {1, 100, 10, 1}, {5, 1'000'000, 4096, 5}, {9, 10, 10, 9}, {50, 25, 10, 22},
  {3, 100, 1000, 3}, {3, 1, 10, 0},   {3, 100, 1, 0},          {2, 12, 10, 2}, {90, 100, 10, 90},
};

} // namespace

BOOST_AUTO_TEST_SUITE(cuts)

BOOST_DATA_TEST_CASE(cuts_are_distinct_and_inside_chunks, cases) {
  const auto cuts = bench::choose_cuts(1, 2, sample.count, sample.size, sample.chunk);
  BOOST_TEST(cuts.size() == sample.cuts);
  BOOST_TEST(std::ranges::is_sorted(cuts));
  BOOST_CHECK(std::ranges::adjacent_find(cuts) == cuts.end());
  for (const auto at : cuts) {
    BOOST_TEST(at < sample.size);
    BOOST_TEST(at % sample.chunk != 0u);
  }
}

BOOST_AUTO_TEST_CASE(the_seed_and_the_number_choose_the_cuts) {
  const auto cuts = [](std::uint64_t seed, std::uint64_t number) {
    return bench::choose_cuts(seed, number, 4, 1'000'000, 4096);
  };
  BOOST_TEST(cuts(1, 2) == cuts(1, 2));
  BOOST_TEST(cuts(1, 2) != cuts(1, 3));
  BOOST_TEST(cuts(1, 2) != cuts(2, 2));
}

BOOST_AUTO_TEST_SUITE_END()
