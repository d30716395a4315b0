// The clock that tests can change.
#include "base/adjustable_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

using namespace std::chrono;
using std::chrono::system_clock;

namespace {

constexpr system_clock::time_point noon{hours{24 * 365 * 40} + hours{12}};

bool is_near(system_clock::time_point shown, system_clock::duration ahead) {
  const auto off = shown - (system_clock::now() + ahead);
  return off <= hours{1} && off >= -hours{1};
}

} // namespace

BOOST_AUTO_TEST_SUITE(adjustable_clock)

BOOST_AUTO_TEST_CASE(it_shows_the_real_time_at_first) {
  gantry::adjustable_clock clock;
  const auto before = system_clock::now();
  const auto shown = clock.now();
  BOOST_TEST((before <= shown && shown <= system_clock::now()));
  BOOST_TEST(clock.read().real);
  BOOST_TEST(!clock.read().frozen);
}

BOOST_AUTO_TEST_CASE(advances_add_up_and_the_time_goes_on) {
  gantry::adjustable_clock clock;
  BOOST_TEST(!clock.adjust({.advance = hours{24}}).value().real);
  clock.adjust({.advance = hours{24}});
  const auto first = clock.now();
  BOOST_TEST(is_near(first, hours{48}));
  BOOST_TEST((clock.now() >= first));
}

BOOST_AUTO_TEST_CASE(a_frozen_clock_stands_still_until_it_is_told_otherwise) {
  gantry::adjustable_clock clock;
  BOOST_TEST((clock.adjust({.now = noon, .frozen = true}).value().now == noon));
  BOOST_TEST((clock.now() == noon));
  const auto later = clock.adjust({.advance = minutes{5}}).value();
  BOOST_TEST((later.now == noon + minutes{5}));
  BOOST_TEST(later.frozen);
  BOOST_TEST((clock.now() == noon + minutes{5}));
  BOOST_TEST(!clock.adjust({.frozen = false}).value().frozen);
  BOOST_TEST((clock.now() >= noon + minutes{5}));
  BOOST_TEST((clock.now() < noon + hours{2}));
}

BOOST_AUTO_TEST_CASE(the_present_can_be_frozen) {
  gantry::adjustable_clock clock;
  const auto at = clock.adjust({.frozen = true}).value();
  BOOST_TEST(is_near(at.now, {}));
  BOOST_TEST(!at.real);
  BOOST_TEST((clock.now() == at.now));
}

BOOST_AUTO_TEST_CASE(it_returns_to_the_real_time) {
  gantry::adjustable_clock clock;
  clock.adjust({.now = noon, .frozen = true});
  const auto shown = clock.adjust({.real = true}).value();
  BOOST_TEST(shown.real);
  BOOST_TEST(!shown.frozen);
  BOOST_TEST(is_near(clock.now(), {}));
}

BOOST_AUTO_TEST_CASE(times_out_of_range_change_nothing) {
  gantry::adjustable_clock clock;
  clock.adjust({.now = noon, .frozen = true});
  const auto latest = gantry::adjustable_clock::latest;
  BOOST_TEST(!clock.adjust({.now = latest + seconds{1}}));
  BOOST_TEST(!clock.adjust({.now = gantry::adjustable_clock::earliest - seconds{1}}));
  BOOST_TEST(!clock.adjust({.advance = latest - noon + seconds{1}}));
  BOOST_TEST(!clock.adjust({.advance = gantry::adjustable_clock::duration::max()}));
  BOOST_TEST((clock.now() == noon));
  BOOST_TEST((clock.adjust({.now = latest}).value().now == latest));
}

BOOST_AUTO_TEST_CASE(readers_see_every_change_that_happened_before) {
  gantry::adjustable_clock clock;
  clock.adjust({.now = noon, .frozen = true});
  std::atomic<int> minutes_done{0};
  std::vector<std::thread> readers;
  std::atomic<bool> wrong{false};
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      while (minutes_done < 1000) {
        const auto least = noon + minutes{minutes_done.load()};
        if (clock.now() < least)
          wrong = true;
      }
    });
  for (int i = 1; i <= 1000; ++i) {
    clock.adjust({.advance = minutes{1}});
    minutes_done = i;
  }
  for (auto& each : readers)
    each.join();
  BOOST_TEST(!wrong);
  BOOST_TEST((clock.now() == noon + minutes{1000}));
}

BOOST_AUTO_TEST_SUITE_END()
