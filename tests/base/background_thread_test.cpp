// Threads that work beside requests.
#include "base/background_thread.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <pthread.h>
#include <string>

BOOST_AUTO_TEST_SUITE(background_thread)

BOOST_AUTO_TEST_CASE(it_has_a_name_and_takes_no_signals) {
  std::array<char, 16> name{};
  sigset_t blocked;
  sigemptyset(&blocked);
  gantry::start_background_thread("gantry-test", [&] {
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  }).join();
  BOOST_TEST(std::string{name.data()} == "gantry-test");
  BOOST_TEST(sigismember(&blocked, SIGTERM) == 1);
  BOOST_TEST(sigismember(&blocked, SIGHUP) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
