// Tasks that some threads work off.
#include "copying/parallel_work.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <stdexcept>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(parallel_work)

BOOST_AUTO_TEST_CASE(tasks_may_add_tasks_until_none_is_left) {
  copying::parallel_work<int> work;
  std::atomic<int> done{0};
  work.add(10);
  work.add(5);
  work.run(3, [&](std::size_t, int& left) {
    ++done;
    if (left > 0)
      work.add(left - 1);
  });
  BOOST_TEST(done == 17);
  work.run(2, [&](std::size_t, int&) { ++done; });
  BOOST_TEST(done == 17);
}

BOOST_AUTO_TEST_CASE(after_an_exception_no_task_begins) {
  copying::parallel_work<int> work;
  std::atomic<int> done{0};
  for (int i = 0; i < 5; ++i)
    work.add(i);
  const auto fail_at_once = [&](std::size_t, int&) {
    ++done;
    throw std::runtime_error{"full"};
  };
  BOOST_CHECK_THROW(work.run(1, fail_at_once), std::runtime_error);
  BOOST_TEST(done == 1);
}

BOOST_AUTO_TEST_SUITE_END()
