// The holder of the current snapshot.
#include "config/current.hpp"

#include "config/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

using namespace gantry::config;

namespace {

snapshot numbered(std::uint64_t number) {
  auto made = std::make_shared<settings>();
  made->max_repositories = number;
  made->max_blob_size = number;
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(current)

BOOST_AUTO_TEST_CASE(a_reader_keeps_what_it_took) {
  gantry::config::current<settings> held{numbered(1)};
  const auto before = held.take();
  held.replace(numbered(2));
  BOOST_TEST(before->max_repositories == 1u);
  BOOST_TEST(held.take()->max_repositories == 2u);
}

BOOST_AUTO_TEST_CASE(a_replaced_snapshot_ends_with_its_last_reader) {
  auto first = numbered(1);
  const std::weak_ptr<const settings> watched = first;
  gantry::config::current<settings> held{std::move(first)};
  auto reader = held.take();
  held.replace(numbered(2));
  BOOST_TEST(!watched.expired());
  reader.reset();
  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(readers_see_whole_snapshots_in_order_during_replacement) {
  constexpr std::uint64_t last = 2000;
  gantry::config::current<settings> held{numbered(0)};
  std::atomic<int> broken{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&held, &broken] {
      for (std::uint64_t seen = 0; seen < last;) {
        const auto taken = held.take();
        if (taken->max_repositories != taken->max_blob_size || taken->max_repositories < seen)
          ++broken;
        seen = taken->max_repositories;
      }
    });
  for (std::uint64_t i = 1; i <= last; ++i)
    held.replace(numbered(i));
  for (auto& reader : readers)
    reader.join();
  BOOST_TEST(broken == 0);
}

BOOST_AUTO_TEST_SUITE_END()
