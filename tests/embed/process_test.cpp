// What registries leave behind in the process that they ran in: nothing.
#include <gantry/registry.hpp>

#include "support/http_client.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <clocale>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sys/resource.h>

using namespace gantry::test;

namespace {

gantry::options small() {
  gantry::options chosen;
  chosen.threads = 1;
  return chosen;
}

void use(gantry::registry& registry) {
  registry.start();
  registry.push({"a", "1", {"layer"}});
  BOOST_TEST(http_connection{registry.port()}.request("GET", "/v2/").status == 200);
}

std::size_t entries(const char* folder) {
  const std::filesystem::directory_iterator all{folder};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Threads that were joined may be listed for a moment.
bool eventually_at_most(const char* folder, std::size_t count) {
  for (int i = 0; i < 1000 && entries(folder) > count; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  return entries(folder) <= count;
}

/// Threads and descriptors at its construction; the destructor checks that there are no more.
class usage {
public:
  ~usage() {
    BOOST_TEST(eventually_at_most("/proc/self/task", threads_));
    BOOST_TEST(eventually_at_most("/proc/self/fd", descriptors_));
  }

private:
  std::size_t threads_ = entries("/proc/self/task");
  std::size_t descriptors_ = entries("/proc/self/fd");
};

/// The handlers of all signals, this thread's mask, the limit of descriptors and the locale.
struct process_state {
  std::array<struct sigaction, 65> handlers{};
  sigset_t mask{};
  rlimit descriptors{};
  std::string locale = std::setlocale(LC_ALL, nullptr);

  process_state() {
    for (int i = 1; i < 65; ++i)
      ::sigaction(i, nullptr, &handlers[static_cast<std::size_t>(i)]);
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
  }
};

void check_equal(const process_state& before, const process_state& after) {
  for (int i = 1; i < 65; ++i) {
    const auto at = static_cast<std::size_t>(i);
    BOOST_TEST_CONTEXT("signal " << i) {
      BOOST_TEST((before.handlers[at].sa_handler == after.handlers[at].sa_handler));
      BOOST_TEST(sigismember(&before.mask, i) == sigismember(&after.mask, i));
    }
  }
  BOOST_TEST(before.descriptors.rlim_cur == after.descriptors.rlim_cur);
  BOOST_TEST(before.locale == after.locale);
}

} // namespace

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(signals_limits_and_locale_stay_as_they_are) {
  const process_state before;
  gantry::registry registry;
  use(registry);
  check_equal(before, process_state{});
  registry.stop();
  check_equal(before, process_state{});
}

BOOST_AUTO_TEST_CASE(a_hundred_registries_one_after_the_other_leave_nothing) {
  use(*std::make_unique<gantry::registry>(small())); // what is made once per process
  const usage before;
  for (int i = 0; i < 100; ++i) {
    gantry::registry registry{small()};
    use(registry);
  }
}

BOOST_AUTO_TEST_CASE(registries_that_run_at_once_leave_nothing) {
  use(*std::make_unique<gantry::registry>(small()));
  const usage before;
  std::vector<std::unique_ptr<gantry::registry>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::make_unique<gantry::registry>(small()));
    use(*all.back());
  }
  std::vector<std::uint16_t> ports;
  for (const auto& each : all)
    ports.push_back(each->port());
  std::ranges::sort(ports);
  BOOST_TEST((std::ranges::adjacent_find(ports) == ports.end()));
  all.clear();
}

BOOST_AUTO_TEST_CASE(registries_of_several_threads_leave_nothing) {
  use(*std::make_unique<gantry::registry>(small()));
  const usage before;
  std::vector<std::future<void>> threads;
  for (int i = 0; i < 8; ++i)
    threads.push_back(std::async(std::launch::async, [i] {
      for (int k = 0; k < 5; ++k) {
        gantry::registry registry{small()};
        registry.start();
        registry.push({"r" + std::to_string(i), "1", {"layer"}});
        if (registry.repositories().size() != 2) // the seed, and no other registry's content
          throw std::runtime_error{"registries share content"};
      }
    }));
  for (auto& each : threads)
    each.get();
}

BOOST_AUTO_TEST_CASE(another_thread_may_stop_a_registry) {
  gantry::registry registry{small()};
  std::thread{[&] { use(registry); }}.join();
  std::thread{[&] { registry.stop(); }}.join();
}

BOOST_AUTO_TEST_SUITE_END()
