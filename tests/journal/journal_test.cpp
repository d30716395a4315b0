// The ring of requests, and those who wait for more.
#include "journal/journal.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>
#include <vector>

using gantry::journal::entry;
using gantry::journal::filter;

BOOST_AUTO_TEST_SUITE(journal)

namespace {

using ring = gantry::journal::journal;

void record(ring& into, std::string_view method, unsigned status = 200) {
  entry seen;
  seen.set_method(method);
  seen.status = status;
  into.record(seen);
}

std::vector<std::uint64_t> sequences(const gantry::journal::page& found) {
  std::vector<std::uint64_t> numbers;
  for (const auto& each : found.entries)
    numbers.push_back(each.sequence);
  return numbers;
}

filter after(std::uint64_t since) {
  filter which;
  which.since = since;
  return which;
}

filter with_method(std::string method) {
  filter which;
  which.method = std::move(method);
  return which;
}

using numbers = std::vector<std::uint64_t>;

} // namespace

BOOST_AUTO_TEST_CASE(an_empty_journal_has_nothing) {
  const ring kept{3};
  BOOST_TEST(kept.is_on());
  BOOST_TEST(!ring{0}.is_on());
  BOOST_TEST(kept.last() == 0U);
  const auto found = kept.read({}, 10);
  BOOST_TEST(found.entries.empty());
  BOOST_TEST(found.next == 0U);
  BOOST_TEST(!found.has_gap);
}

BOOST_AUTO_TEST_CASE(a_full_journal_replaces_its_oldest_request) {
  ring kept{3};
  for (int i = 0; i < 5; ++i)
    record(kept, "GET");
  const auto found = kept.read({}, 10);
  BOOST_TEST(sequences(found) == (numbers{3, 4, 5}), boost::test_tools::per_element());
  BOOST_TEST(found.has_gap);
  BOOST_TEST(!kept.read(after(2), 10).has_gap);
  BOOST_TEST(kept.read(after(1), 10).has_gap);
}

BOOST_AUTO_TEST_CASE(what_was_replaced_comes_back_for_reuse) {
  ring kept{1};
  record(kept, "FIRST");
  entry next;
  next.set_method("SECOND");
  kept.record(next);
  BOOST_TEST(next.method == "FIRST");
  BOOST_TEST(kept.read({}, 1).entries.front().method == "SECOND");
}

BOOST_AUTO_TEST_CASE(pages_continue_where_the_last_one_ended) {
  ring kept{10};
  for (const auto* method : {"GET", "PUT", "GET", "GET", "PUT"})
    record(kept, method);
  auto which = with_method("GET");
  const auto first = kept.read(which, 2);
  BOOST_TEST(sequences(first) == (numbers{1, 3}), boost::test_tools::per_element());
  which.since = first.next;
  const auto second = kept.read(which, 2);
  BOOST_TEST(sequences(second) == (numbers{4}), boost::test_tools::per_element());
  BOOST_TEST(second.next == 5U);
  which.since = second.next;
  BOOST_TEST(kept.read(which, 2).entries.empty());
  BOOST_TEST(kept.read(which, 2).next == 5U);
}

BOOST_AUTO_TEST_CASE(numbers_go_on_after_a_clear) {
  ring kept{2};
  for (int i = 0; i < 3; ++i)
    record(kept, "GET");
  kept.clear();
  BOOST_TEST(kept.read({}, 10).entries.empty());
  BOOST_TEST(kept.read({}, 10).has_gap);
  BOOST_TEST(!kept.read(after(3), 10).has_gap);
  for (int i = 0; i < 3; ++i)
    record(kept, "PUT");
  BOOST_TEST(sequences(kept.read({}, 10)) == (numbers{5, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_number_that_never_existed_is_a_gap) {
  ring kept{2};
  record(kept, "GET");
  BOOST_TEST(kept.read(after(9), 10).has_gap);
  BOOST_TEST(kept.read(after(~std::uint64_t{0}), 10).entries.empty());
}

BOOST_AUTO_TEST_CASE(a_wait_counts_what_is_there_and_what_comes) {
  ring kept{10};
  int calls = 0;
  record(kept, "GET");
  kept.wait(with_method("GET"), 2, [&] { ++calls; });
  record(kept, "PUT");
  BOOST_TEST(calls == 0);
  record(kept, "GET");
  BOOST_TEST(calls == 1);
  record(kept, "GET");
  BOOST_TEST(calls == 1);
  kept.wait(with_method("GET"), 3, [&] { ++calls; });
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(a_wait_may_count_only_what_follows_a_number) {
  ring kept{10};
  int calls = 0;
  record(kept, "GET");
  kept.wait(after(kept.last()), 1, [&] { ++calls; });
  BOOST_TEST(calls == 0);
  record(kept, "GET");
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(who_leaves_is_not_called) {
  ring kept{10};
  int calls = 0;
  const auto left = kept.wait({}, 1, [&] { ++calls; });
  const auto other = kept.wait({}, 1, [&] { calls += 10; });
  kept.leave(left);
  record(kept, "GET");
  BOOST_TEST(calls == 10);
  kept.leave(other);
}

BOOST_AUTO_TEST_CASE(a_clear_lets_waits_count_anew) {
  ring kept{10};
  int calls = 0;
  record(kept, "GET");
  kept.wait({}, 2, [&] { ++calls; });
  kept.clear();
  record(kept, "GET");
  BOOST_TEST(calls == 0);
  record(kept, "GET");
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(threads_may_record_and_read_at_the_same_time) {
  constexpr int each = 500;
  ring kept{100};
  int calls = 0; // under the journal's lock
  kept.wait({}, std::size_t{4} * each, [&] { ++calls; });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&kept] {
      entry seen;
      for (int n = 0; n < each; ++n) {
        seen.clear();
        seen.set_method("GET");
        kept.record(seen);
        if (n % 50 == 0)
          kept.read({}, 10);
      }
    });
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(kept.last() == 4U * each);
  BOOST_TEST(kept.read({}, 1000).entries.size() == 100U);
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
