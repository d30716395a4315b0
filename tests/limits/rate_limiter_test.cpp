// All rules together.
#include "limits/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string_view>

using namespace gantry::limits;
using namespace std::chrono_literals;

namespace {

struct limited {
  bool count(sharing among, std::string_view name, requests kind) {
    return limiter.count(among, name, kind, now) == 0ns;
  }

  gantry::limits::rate_limiter limiter{
    {parse_rate_rule("address=3/s"), parse_rate_rule("user:write=1/min")}};
  token_buckets::time_point now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rate_limiter, limited)

BOOST_AUTO_TEST_CASE(a_rule_counts_its_kind_of_requests_alone) {
  BOOST_TEST(count(sharing::user, "alice", requests::write));
  BOOST_TEST(!count(sharing::user, "alice", requests::write));
  BOOST_TEST(count(sharing::user, "alice", requests::read));
  BOOST_TEST(count(sharing::user, "alice", requests::remove));
  BOOST_TEST(count(sharing::user, "bob", requests::write));
}

BOOST_AUTO_TEST_CASE(a_rule_for_all_counts_every_kind) {
  BOOST_TEST(count(sharing::address, "192.0.2.1", requests::read));
  BOOST_TEST(count(sharing::address, "192.0.2.1", requests::write));
  BOOST_TEST(count(sharing::address, "192.0.2.1", requests::remove));
  BOOST_TEST(!count(sharing::address, "192.0.2.1", requests::read));
}

BOOST_AUTO_TEST_CASE(the_longest_wait_counts) {
  gantry::limits::rate_limiter two{
    {parse_rate_rule("user=1/s"), parse_rate_rule("user:read=1/min")}};
  BOOST_CHECK(two.count(sharing::user, "a", requests::read, now) == 0s);
  BOOST_CHECK(two.count(sharing::user, "a", requests::read, now) == 60s);
}

BOOST_AUTO_TEST_CASE(a_request_without_a_name_has_no_limit) {
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(count(sharing::user, "", requests::write));
}

BOOST_AUTO_TEST_SUITE_END()
