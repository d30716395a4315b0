#include "storage/disk/blob_leases.hpp"

#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

struct guarded {
  time_point now{1000h};
  storage::blob_leases guard{[this] { return now; }, 1h};
  const digest id = test::absent_digest();
};

} // namespace

BOOST_AUTO_TEST_SUITE(blob_leases)

BOOST_FIXTURE_TEST_CASE(a_lease_prevents_sweeps_until_it_ends, guarded) {
  BOOST_TEST(guard.lease(id, now + 10min));
  BOOST_TEST(guard.lease(id, now + 1min));
  now += 10min - 1s;
  BOOST_TEST(!guard.begin_sweep(id));
  now += 1s;
  BOOST_TEST(guard.begin_sweep(id));
  BOOST_TEST(!guard.lease(id, now + 10min));
  guard.end_sweep(id);
  BOOST_TEST(guard.lease(id, now + 10min));
}

BOOST_FIXTURE_TEST_CASE(publications_of_a_digest_run_one_at_a_time_in_order, guarded) {
  std::string order;
  BOOST_TEST(guard.begin_publish(id, [&] { order += 'x'; }));
  BOOST_TEST(!guard.begin_publish(id, [&] { order += 'a'; }));
  BOOST_TEST(!guard.begin_publish(id, [&] { order += 'b'; }));
  BOOST_TEST(!guard.begin_sweep(id));
  guard.end_publish(id);
  BOOST_TEST(order == "a");
  guard.end_publish(id);
  BOOST_TEST(order == "ab");
  guard.end_publish(id);
  BOOST_TEST(guard.begin_sweep(id));
}

BOOST_FIXTURE_TEST_CASE(publishing_waits_for_a_sweep, guarded) {
  bool went_on = false;
  BOOST_REQUIRE(guard.begin_sweep(id));
  BOOST_TEST(!guard.begin_publish(id, [&] { went_on = true; }));
  guard.end_sweep(id);
  BOOST_TEST(went_on);
  BOOST_TEST(!guard.begin_sweep(id));
}

BOOST_FIXTURE_TEST_CASE(old_expired_leases_are_forgotten, guarded) {
  for (unsigned i = 0; i < 5'000; ++i) {
    guard.lease(test::absent_digest(i), now + 1s);
    now += 4s;
  }
  BOOST_TEST(guard.size() < 3'000U);
  const auto last = test::absent_digest(4'999);
  BOOST_TEST(!guard.is_leased(last));
  BOOST_CHECK(guard.leased_until(last) == now - 3s);
}

BOOST_AUTO_TEST_SUITE_END()
