#include "listing/pull_counts.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace gantry;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(pull_counts)

namespace {

constexpr time_point then{std::chrono::hours{24 * 365 * 50}};

} // namespace

BOOST_AUTO_TEST_CASE(pulls_of_one_reference_add_up) {
  listing::pull_counts pulls{[] {}};
  pulls.count("app", "v1", then + 1s);
  pulls.count("app", "v1", then);
  pulls.count("app", "v2", then);
  auto taken = pulls.take();
  BOOST_REQUIRE(taken.size() == 2U);
  const auto& one = taken.front().reference == "v1" ? taken.front() : taken.back();
  BOOST_TEST(one.repository == "app");
  BOOST_TEST(one.count == 2U);
  BOOST_TEST((one.last == then + 1s));
  BOOST_TEST(pulls.take().empty());
}

BOOST_AUTO_TEST_CASE(the_first_pull_after_each_taking_is_told) {
  int told = 0;
  listing::pull_counts pulls{[&] { ++told; }};
  pulls.count("app", "v1", then);
  pulls.count("app", "v2", then);
  BOOST_TEST(told == 1);
  pulls.take();
  BOOST_TEST(told == 1);
  pulls.count("app", "v1", then);
  BOOST_TEST(told == 2);
}

BOOST_AUTO_TEST_CASE(what_is_counted_is_bounded) {
  listing::pull_counts pulls{[] {}};
  for (std::size_t each = 0; each < listing::pull_counts::max_references + 1000; ++each)
    pulls.count("r" + std::to_string(each), "v1", then);
  const auto size = pulls.take().size();
  BOOST_TEST(size <= listing::pull_counts::max_references);
  BOOST_TEST(size > listing::pull_counts::max_references / 2);
}

BOOST_AUTO_TEST_CASE(no_pull_of_any_thread_is_lost) {
  listing::pull_counts pulls{[] {}};
  constexpr std::uint64_t of_each = 5000;
  std::vector<std::thread> threads;
  for (int each = 0; each < 4; ++each)
    threads.emplace_back([&pulls] {
      for (std::uint64_t number = 0; number < of_each; ++number)
        pulls.count(number % 2 == 0 ? "app" : "team/app", "v1", then);
    });
  std::uint64_t sum = 0;
  const auto add = [&] {
    for (const auto& each : pulls.take())
      sum += each.count;
  };
  for (int times = 0; times < 100; ++times)
    add();
  for (auto& each : threads)
    each.join();
  add();
  BOOST_TEST(sum == 4 * of_each);
}

BOOST_AUTO_TEST_SUITE_END()
