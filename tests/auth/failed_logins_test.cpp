#include "auth/failed_logins.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(failed_logins)

using namespace std::chrono_literals;
using gantry::auth::failed_logins;

namespace {

const failed_logins::time_point start{1000h};

void fail(failed_logins& known, unsigned times, failed_logins::time_point now = start) {
  for (unsigned i = 0; i < times; ++i)
    known.add("who", now);
}

} // namespace

BOOST_AUTO_TEST_CASE(some_failures_are_free_and_then_waits_double) {
  failed_logins known;
  fail(known, failed_logins::free_failures);
  BOOST_TEST((known.wait_of("who", start) == 0s));
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    fail(known, 1);
    BOOST_TEST(known.wait_of("who", start).count() == wait.count());
  }
}

BOOST_AUTO_TEST_CASE(a_wait_passes) {
  failed_logins known;
  fail(known, failed_logins::free_failures + 3);
  BOOST_TEST((known.wait_of("who", start + 3500ms) == 1s));
  BOOST_TEST((known.wait_of("who", start + 4s) == 0s));
}

BOOST_AUTO_TEST_CASE(success_and_time_forgive) {
  failed_logins known;
  fail(known, 10);
  known.forgive("who");
  BOOST_TEST((known.wait_of("who", start) == 0s));
  fail(known, 10);
  fail(known, 1, start + failed_logins::memory);
  BOOST_TEST((known.wait_of("who", start + failed_logins::memory) == 0s));
}

BOOST_AUTO_TEST_CASE(others_do_not_wait) {
  failed_logins known;
  fail(known, 10);
  BOOST_TEST((known.wait_of("other", start) == 0s));
}

BOOST_AUTO_TEST_CASE(the_oldest_is_forgotten_when_there_are_too_many) {
  failed_logins known;
  fail(known, 10);
  for (std::size_t i = 0; i < failed_logins::max_entries; ++i)
    known.add(std::to_string(i), start + 1s);
  BOOST_TEST((known.wait_of("who", start) == 0s));
}

BOOST_AUTO_TEST_SUITE_END()
