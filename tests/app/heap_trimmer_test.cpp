#include "app/heap_trimmer.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(heap_trimmer)

using trimmer = gantry::app::heap_trimmer;

BOOST_AUTO_TEST_CASE(an_idle_process_is_never_trimmed) {
  trimmer heap;
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(!heap.is_due(i * 1ms));
}

BOOST_AUTO_TEST_CASE(a_burst_is_followed_by_one_trim) {
  trimmer heap;
  BOOST_TEST(!heap.is_due(2s));
  BOOST_TEST(!heap.is_due(5s));
  BOOST_TEST(heap.is_due(5100ms));
  BOOST_TEST(!heap.is_due(5110ms));
  BOOST_TEST(!heap.is_due(5120ms));
}

BOOST_AUTO_TEST_CASE(work_in_small_pieces_adds_up) {
  trimmer heap;
  int trims = 0;
  for (int i = 1; i <= 20; ++i)
    trims += heap.is_due(i * 100ms);
  BOOST_TEST(trims == 4);
}

BOOST_AUTO_TEST_SUITE_END()
