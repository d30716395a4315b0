// The holder of the current snapshot.
#include "base/current.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace {

/// Whole if both are the same.
struct pair {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

std::shared_ptr<const pair> numbered(std::uint64_t number) {
  auto made = std::make_shared<pair>();
  made->first = number;
  made->second = number;
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(current)

BOOST_AUTO_TEST_CASE(a_reader_keeps_what_it_took) {
  gantry::current<pair> held{numbered(1)};
  const auto before = held.take();
  held.replace(numbered(2));
  BOOST_TEST(before->first == 1u);
  BOOST_TEST(held.take()->first == 2u);
}

BOOST_AUTO_TEST_CASE(a_replaced_snapshot_ends_with_its_last_reader) {
  auto first = numbered(1);
  const std::weak_ptr<const pair> watched = first;
  gantry::current<pair> held{std::move(first)};
  auto reader = held.take();
  held.replace(numbered(2));
  BOOST_TEST(!watched.expired());
  reader.reset();
  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(readers_see_whole_snapshots_in_order_during_replacement) {
  constexpr std::uint64_t last = 2000;
  gantry::current<pair> held{numbered(0)};
  std::atomic<int> broken{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&held, &broken] {
      for (std::uint64_t seen = 0; seen < last;) {
        const auto taken = held.take();
        if (taken->first != taken->second || taken->first < seen)
          ++broken;
        seen = taken->first;
      }
    });
  for (std::uint64_t i = 1; i <= last; ++i)
    held.replace(numbered(i));
  for (auto& reader : readers)
    reader.join();
  BOOST_TEST(broken == 0);
}

BOOST_AUTO_TEST_SUITE_END()
