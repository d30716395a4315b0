#include "actors/handle_index.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

template <class Key, class Value>
using index_of = gantry::handle_index<Key, Value>;

BOOST_AUTO_TEST_SUITE(handle_index)

BOOST_AUTO_TEST_CASE(finds_what_was_inserted_last) {
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

BOOST_AUTO_TEST_CASE(gives_all_its_entries) {
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
  // Keys that nobody erases hold the value of one of the threads.
  for (int i = 1; i < 5000; i += 3)
    BOOST_REQUIRE(index.find(i).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
