// The last events of the log.
#include "watch/ring.hpp"

#include "watch/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using watch::batch;
using watch::batch_ptr;

namespace {

/// The events with the numbers from `first` to `last`.
batch_ptr events(std::uint64_t first, std::uint64_t last) {
  std::vector<logged_change> changes;
  for (auto number = first; number <= last; ++number)
    changes.push_back(change(number, "a", "1"));
  return std::make_shared<const watch::batch>(first - 1, last, changes, watch::event_ids{});
}

} // namespace

BOOST_AUTO_TEST_SUITE(ring)

BOOST_AUTO_TEST_CASE(it_begins_where_it_is_started) {
  watch::ring kept;
  BOOST_TEST(!kept.is_started());
  kept.start(7);
  BOOST_TEST(kept.is_started());
  BOOST_TEST(kept.begin() == 7U);
  BOOST_TEST(kept.last() == 7U);
  BOOST_TEST(!kept.find(7));
  BOOST_TEST(!kept.find(6)); // that one is in the log only
  kept.add(events(8, 9));
  BOOST_TEST(kept.begin() == 7U);
  BOOST_TEST(kept.last() == 9U);
}

BOOST_AUTO_TEST_CASE(a_position_leads_to_the_batch_with_what_follows) {
  watch::ring kept;
  kept.start(0);
  const auto first = events(1, 3);
  const auto second = events(4, 4);
  kept.add(first);
  kept.add(second);
  for (const auto position : {0U, 1U, 2U})
    BOOST_TEST(kept.find(position) == first);
  BOOST_TEST(kept.find(3) == second);
  BOOST_TEST(!kept.find(4)); // nothing yet
  BOOST_TEST(!kept.find(5)); // of a reader that knows more
}

BOOST_AUTO_TEST_CASE(the_oldest_batches_go_beyond_the_limit_of_events) {
  watch::ring kept{{.events = 4}};
  kept.start(0);
  kept.add(events(1, 2));
  kept.add(events(3, 4));
  BOOST_TEST(kept.begin() == 0U);
  kept.add(events(5, 5));
  BOOST_TEST(kept.begin() == 2U);
  BOOST_TEST(!kept.find(1));
  BOOST_TEST(kept.find(2));
  BOOST_TEST(kept.last() == 5U);
}

BOOST_AUTO_TEST_CASE(the_oldest_batches_go_beyond_the_limit_of_bytes) {
  watch::ring kept{{.bytes = events(1, 1)->bytes() * 2}};
  kept.start(0);
  for (const auto number : {1U, 2U, 3U})
    kept.add(events(number, number));
  BOOST_TEST(kept.begin() == 1U);
}

BOOST_AUTO_TEST_CASE(the_last_batch_stays_however_large_it_is) {
  watch::ring kept{{.events = 1, .bytes = 1}};
  kept.start(0);
  kept.add(events(1, 3));
  BOOST_TEST(kept.find(0));
  kept.add(events(4, 6));
  BOOST_TEST(kept.begin() == 3U);
  BOOST_TEST(kept.find(3));
}

BOOST_AUTO_TEST_CASE(one_that_is_started_again_has_forgotten) {
  watch::ring kept;
  kept.start(0);
  kept.add(events(1, 3));
  kept.stop();
  BOOST_TEST(!kept.is_started());
  kept.start(9);
  BOOST_TEST(!kept.find(2));
  BOOST_TEST(kept.begin() == 9U);
  kept.add(events(10, 10));
  BOOST_TEST(kept.find(9));
}

BOOST_AUTO_TEST_SUITE_END()
