#include "actors/handle_index.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

template <class Key, class Value>
using index_of = gantry::handle_index<Key, Value>;

BOOST_AUTO_TEST_SUITE(handle_index)

BOOST_AUTO_TEST_CASE(finds_the_last_inserted_value) {
  index_of<std::string, int> index;
  index.insert("a", 1);
  index.insert("a", 2);
  BOOST_TEST(index.find("a").value() == 2);
  BOOST_TEST(!index.find("b").has_value());
  BOOST_TEST(index.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_successor_under_the_same_key_stays) {
  index_of<std::string, int> index;
  index.insert("a", 2);
  index.erase_if("a", [](int value) { return value == 1; });
  BOOST_TEST(index.find("a").value() == 2);
  index.erase_if("a", [](int value) { return value == 2; });
  BOOST_TEST(!index.find("a").has_value());
}

BOOST_AUTO_TEST_CASE(returns_all_its_entries) {
  index_of<int, int> index;
  for (int i = 0; i < 1000; ++i)
    index.insert(i, i % 10);
  const auto all = index.entries();
  BOOST_TEST(all.size() == 1000u);
  BOOST_TEST(std::all_of(all.begin(), all.end(),
                         [](auto entry) { return entry.second == entry.first % 10; }));
  index.clear();
  BOOST_TEST(index.size() == 0u);
}

BOOST_AUTO_TEST_CASE(takes_the_entries_that_match) {
  using namespace std::chrono_literals;
  index_of<int, int> index;
  for (int i = 0; i < 1000; ++i)
    index.insert(i, i, std::make_shared<gantry::last_use>(gantry::time_point{1h}));
  auto taken = index.take_if([](int key, int) { return key % 2 == 0; });
  BOOST_TEST(!taken.is_empty());
  BOOST_TEST(index.size() == 500u);
  int count = 0;
  while (taken.drain(100, [&](int value) { count += value % 2 == 0; })) {
  }
  BOOST_TEST(count == 500);
  BOOST_TEST(taken.is_empty());
  BOOST_TEST(index.idle(gantry::time_point{1h}, 1000, 1min).found.size() == 500u);
  BOOST_TEST(index.take_if([](int, int) { return false; }).is_empty());
}

BOOST_AUTO_TEST_CASE(finds_idle_entries_in_slices) {
  using namespace std::chrono_literals;
  index_of<int, int> index;
  const gantry::time_point start{1h};
  std::vector<gantry::last_use_ptr> uses;
  for (int i = 0; i < 1000; ++i) {
    uses.push_back(std::make_shared<gantry::last_use>(start));
    index.insert(i, i, uses.back());
  }
  for (int i = 0; i < 1000; i += 2)
    uses[static_cast<std::size_t>(i)]->touch(start + 1min); // without telling the index
  BOOST_TEST(index.idle(start - 1ms, 64, 1min).found.empty());
  std::vector<int> found;
  int slices = 0;
  for (bool more = true; more; ++slices) {
    const auto slice = index.idle(start, 64, 1min);
    BOOST_TEST(slice.found.size() <= 64U);
    found.insert(found.end(), slice.found.begin(), slice.found.end());
    more = slice.more;
  }
  BOOST_TEST(slices == 1000 / 64 + 1);
  BOOST_TEST(found.size() == 500U);
  BOOST_TEST(std::all_of(found.begin(), found.end(), [](int value) { return value % 2 == 1; }));
  // An entry that was found is found again only after a while; an ended one is not.
  BOOST_TEST(index.idle(start + 30s, 2000, 1min).found.empty());
  for (int i = 0; i < 1000; i += 4)
    index.erase(i);
  BOOST_TEST(index.idle(start + 1min, 2000, 1min).found.size() == 750U);
}

BOOST_AUTO_TEST_CASE(finds_the_least_recently_used_entry) {
  using namespace std::chrono_literals;
  index_of<int, int> index;
  const gantry::time_point start{1h};
  std::vector<gantry::last_use_ptr> uses;
  for (int i = 0; i < 5; ++i) {
    uses.push_back(std::make_shared<gantry::last_use>(start + i * 1s));
    index.insert(i, i, uses.back());
  }
  uses[0]->touch(start + 10s);
  for (const int expected : {1, 2, 3, 4, 0})
    BOOST_TEST(index.longest_idle(start + 1min).value() == expected);
  index.clear();
  BOOST_TEST(!index.longest_idle(start).has_value());
}

BOOST_AUTO_TEST_CASE(gives_up_its_contents) {
  index_of<int, int> index;
  for (int i = 0; i < 1000; ++i)
    index.insert(i, i);
  auto all = index.take();
  BOOST_TEST(index.size() == 0U);
  index.insert(1, 1);
  std::size_t seen = 0;
  int slices = 1;
  while (all.drain(300, [&](int) { ++seen; }))
    ++slices;
  BOOST_TEST(seen == 1000U);
  BOOST_TEST(slices == 4);
  BOOST_TEST(index.size() == 1U);
}

BOOST_AUTO_TEST_CASE(threads_may_share_it) {
  index_of<int, int> index;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&index, t] {
      for (int i = 0; i < 5000; ++i) {
        index.insert(i, t);
        index.find(i);
        if (i % 3 == 0)
          index.erase_if(i, [t](int value) { return value == t; });
      }
    });
  for (auto& thread : threads)
    thread.join();
  // Keys that were not erased hold the value of one of the threads.
  for (int i = 1; i < 5000; i += 3)
    BOOST_REQUIRE(index.find(i).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
