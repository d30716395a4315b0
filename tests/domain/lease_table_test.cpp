#include "domain/lease_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

struct table {
  time_point now{1000h};
  lease_table leases{1h};
  const digest id = digest::of("content");
};

digest numbered(int number) {
  return digest::of(std::to_string(number));
}

} // namespace

BOOST_AUTO_TEST_SUITE(lease_table)

BOOST_FIXTURE_TEST_CASE(a_lease_prevents_sweeps_until_it_ends, table) {
  leases.lease(id, now + 10min);
  leases.lease(id, now + 1min); // never shortens it
  BOOST_CHECK(leases.leased_until(id) == now + 10min);
  BOOST_TEST(!leases.begin_sweep(id, now + 10min - 1ms));
  BOOST_TEST(leases.begin_sweep(id, now + 10min));
  BOOST_TEST(leases.is_swept_now(id));
  leases.end_sweep(id, false);
  BOOST_TEST(!leases.is_swept_now(id));
  leases.lease(id, now + 20min);
  BOOST_TEST(!leases.begin_sweep(id, now + 10min));
}

BOOST_FIXTURE_TEST_CASE(one_works_on_a_digest_at_a_time, table) {
  BOOST_TEST(leases.begin_publish(id));
  BOOST_TEST(leases.is_published_now(id));
  BOOST_TEST(!leases.begin_publish(id));
  BOOST_TEST(!leases.begin_sweep(id, now));
  BOOST_TEST(!leases.begin_removal(id));
  BOOST_TEST(leases.begin_publish(numbered(1)));
  leases.end_publish(id);
  BOOST_TEST(leases.begin_sweep(id, now));
  BOOST_TEST(!leases.begin_publish(id));
  BOOST_TEST(!leases.begin_search(id));
  BOOST_TEST(!leases.begin_sweep(id, now));
  leases.end_sweep(id, false);
  BOOST_TEST(leases.begin_publish(id));
}

BOOST_FIXTURE_TEST_CASE(searches_keep_a_digest_from_being_swept, table) {
  BOOST_TEST(leases.begin_publish(id));
  BOOST_TEST(leases.begin_search(id));
  BOOST_TEST(leases.begin_search(id));
  leases.end_publish(id);
  leases.end_search(id);
  BOOST_TEST(!leases.begin_sweep(id, now));
  leases.end_search(id);
  BOOST_TEST(leases.begin_sweep(id, now));
}

BOOST_FIXTURE_TEST_CASE(a_removal_passes_over_leases, table) {
  leases.lease(id, now + 10min);
  BOOST_TEST(!leases.begin_sweep(id, now));
  BOOST_TEST(leases.begin_removal(id));
  BOOST_TEST(!leases.begin_publish(id));
  leases.end_sweep(id, false);
  BOOST_CHECK(leases.leased_until(id) == now + 10min);
}

BOOST_FIXTURE_TEST_CASE(the_lease_of_a_blob_that_is_gone_is_forgotten, table) {
  leases.lease(id, now);
  BOOST_REQUIRE(leases.begin_sweep(id, now));
  leases.end_sweep(id, true);
  BOOST_CHECK(leases.leased_until(id) == time_point{});
  BOOST_TEST(leases.size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_digest_that_nothing_is_said_of_has_no_entry, table) {
  BOOST_REQUIRE(leases.begin_publish(id));
  leases.end_publish(id);
  BOOST_REQUIRE(leases.begin_search(id));
  leases.end_search(id);
  BOOST_REQUIRE(leases.begin_sweep(id, now));
  leases.end_sweep(id, false);
  BOOST_CHECK(leases.leased_until(id) == time_point{});
  BOOST_TEST(leases.size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(ended_leases_are_remembered_for_an_hour, table) {
  for (int i = 0; i < 10; ++i)
    leases.lease(numbered(i), now + std::chrono::minutes{i});
  leases.forget_ended(now + 1h + 4min - 1ms, 100);
  BOOST_TEST(leases.size() == 6U);
  BOOST_CHECK(leases.leased_until(numbered(4)) == now + 4min);
  leases.forget_ended(now + 2h, 2);
  BOOST_TEST(leases.size() == 4U);
  BOOST_CHECK(leases.leased_until(numbered(5)) == time_point{});
  BOOST_CHECK(leases.leased_until(numbered(6)) == now + 6min);
  // Work goes on.
  BOOST_REQUIRE(leases.begin_publish(numbered(6)));
  leases.forget_ended(now + 2h, 100);
  BOOST_TEST(leases.size() == 1U);
  BOOST_TEST(!leases.begin_publish(numbered(6)));
}

BOOST_FIXTURE_TEST_CASE(a_cleared_table_has_work_but_no_leases, table) {
  leases.lease(id, now + 10min);
  leases.lease(numbered(1), now + 10min);
  BOOST_REQUIRE(leases.begin_publish(numbered(1)));
  leases.clear();
  BOOST_CHECK(leases.leased_until(id) == time_point{});
  BOOST_TEST(leases.size() == 1U);
  BOOST_TEST(leases.is_published_now(numbered(1)));
  BOOST_TEST(leases.begin_sweep(id, now));
}

BOOST_FIXTURE_TEST_CASE(every_digest_can_be_leased, table) {
  leases.clear(now + 10min);
  BOOST_CHECK(leases.leased_until(id) == now + 10min);
  BOOST_TEST(!leases.begin_sweep(id, now));
  BOOST_TEST(leases.begin_sweep(id, now + 10min));
  leases.end_sweep(id, true);
  leases.lease(id, now + 20min);
  BOOST_CHECK(leases.leased_until(id) == now + 20min);
  leases.clear();
  BOOST_TEST(leases.begin_sweep(id, now));
}

BOOST_FIXTURE_TEST_CASE(an_abandoned_table_still_knows_leases_and_sweeps, table) {
  leases.lease(id, now + 10min);
  BOOST_REQUIRE(leases.begin_publish(id));
  BOOST_REQUIRE(leases.begin_search(numbered(1)));
  BOOST_REQUIRE(leases.begin_sweep(numbered(2), now));
  leases.abandon();
  BOOST_CHECK(leases.leased_until(id) == now + 10min);
  BOOST_TEST(leases.is_swept_now(numbered(2)));
  BOOST_TEST(leases.begin_publish(id));
  BOOST_TEST(leases.begin_sweep(numbered(1), now));
  // The end of work that was abandoned.
  leases.end_search(numbered(1));
  leases.abandon();
  leases.end_publish(id);
  BOOST_TEST(leases.begin_publish(id));
}

BOOST_AUTO_TEST_SUITE_END()
