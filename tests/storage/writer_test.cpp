// The thread that writes to the database: order, failures, and answers that mean "durable".
#include "storage/disk/writer.hpp"

#include "base/sanitizers.hpp"
#include "storage/disk/schema.hpp"
#include "storage/sqlite/pool.hpp"
#include "storage/test_content.hpp"
#include "support/temp_dir.hpp"
#include "telemetry/tracer.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <deque>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <semaphore>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

using namespace gantry;
using namespace gantry::storage;

namespace {

struct writing {
  writing() {
    prepare_database(path, 0);
    writes.emplace(path);
  }

  writer::operation insert(std::string name) {
    return [name = std::move(name)](sqlite::connection& database) -> result<void> {
      database.run("INSERT INTO repositories (name) VALUES (?1)", std::string_view{name});
      return {};
    };
  }

  writer::operation remove(std::string name) {
    return [name = std::move(name)](sqlite::connection& database) -> result<void> {
      database.run("DELETE FROM repositories WHERE name = ?1", std::string_view{name});
      return {};
    };
  }

  static writer::operation counted(int& runs, writer::operation work) {
    return [&runs, work = std::move(work)](sqlite::connection& database) {
      ++runs;
      return work(database);
    };
  }

  /// The database keeps its size from then on.
  static writer::operation stop_growth() {
    return [](sqlite::connection& database) -> result<void> {
      const auto pages = database.number("PRAGMA page_count", 0);
      database.number(("PRAGMA max_page_count = " + std::to_string(pages)).c_str(), 0);
      return {};
    };
  }

  int folder_descriptor() {
    opened = file{::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return opened.descriptor();
  }

  std::int64_t count() {
    return readers.acquire()->number("SELECT COUNT(*) FROM repositories", -1);
  }

  test::temp_dir folder;
  file opened;
  const std::string path = (folder.path() / "metadata.db").string();
  std::optional<writer> writes;
  sqlite::pool readers{path};
};

/// Takes steps in their order.
struct step_queue final : stepper {
  void post(std::function<void()> step) override { steps.push_back(std::move(step)); }
  void run_until(const std::function<bool()>& is_done) override {
    while (!is_done())
      take_one();
  }
  void take_one() {
    const auto step = std::move(steps.front());
    steps.pop_front();
    step();
  }

  std::deque<std::function<void()>> steps;
};

/// A writer without threads.
struct stepping : writing {
  stepping() {
    writes.reset();
    writes.emplace(path, log_limits{.copy_above = 10, .restart_above = 20}, nullptr, nullptr,
                   &steps);
  }
  ~stepping() { writes.reset(); }

  step_queue steps;
};

} // namespace

BOOST_AUTO_TEST_SUITE(writer)

// UndefinedBehaviorSanitizer opens a pipe to inspect an object's type.
#ifndef GANTRY_SANITIZED
BOOST_FIXTURE_TEST_CASE(a_database_without_descriptors_is_not_damaged, writing) {
  rlimit before{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const int next = ::dup(0);
  ::close(next);
  const rlimit none_left{static_cast<rlim_t>(next), before.rlim_max};
  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none_left) == 0);
  errc code{};
  try {
    count();
  } catch (const sqlite::failure& refused) {
    code = database_failure(refused).code;
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
  BOOST_CHECK(code == errc::descriptors_exhausted);
  BOOST_TEST(count() == 0);
}
#endif

BOOST_FIXTURE_TEST_CASE(answered_writes_can_be_read, writing) {
  BOOST_TEST(writes->run(insert("a")).has_value());
  BOOST_TEST(count() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_commit_has_links_to_all_that_it_serves, writing) {
  telemetry::tracer tracer{{}};
  const auto first = tracer.begin(nullptr, {});
  const auto second = tracer.begin(nullptr, {});
  std::promise<void> go;
  std::promise<void> entered;
  writes->submit(
    [&](sqlite::connection&) -> result<void> {
      entered.set_value();
      go.get_future().wait();
      return {};
    },
    [](const result<void>&) {});
  entered.get_future().wait(); // what follows is one commit
  std::promise<telemetry::span_context> completed;
  {
    const telemetry::span_scope working{first};
    writes->submit(insert("a"), [](const result<void>&) {});
  }
  writes->submit(insert("b"), [](const result<void>&) {}); // not traced
  {
    const telemetry::span_scope working{second};
    writes->submit(insert("c"),
                   [&](const result<void>&) { completed.set_value(telemetry::current_span()); });
  }
  go.set_value();
  const auto commit = completed.get_future().get();
  const auto ended = tracer.take();
  BOOST_TEST_REQUIRE(ended.size() == 2U);
  BOOST_TEST(ended[0].name == "sync");
  BOOST_CHECK(ended[0].parent == ended[1].id);
  BOOST_TEST(ended[1].name == "commit");
  BOOST_CHECK(!ended[1].parent);
  BOOST_CHECK(ended[1].id == commit.id());
  BOOST_CHECK(ended[1].links == (std::vector{first, second}));
  BOOST_TEST(std::get<std::int64_t>(ended[1].attributes.at(0).value) == 3);
}

BOOST_FIXTURE_TEST_CASE(a_commit_without_a_trace_makes_no_span, writing) {
  const auto before = telemetry::count_spans();
  BOOST_TEST(writes->run(insert("a")).has_value());
  BOOST_TEST(telemetry::count_spans() == before);
}

BOOST_FIXTURE_TEST_CASE(the_log_is_copied_into_the_database_during_writes, writing) {
  const auto before = std::filesystem::file_size(path);
  for (int i = 0; i < 5000 && std::filesystem::file_size(path) == before; ++i)
    writes->run(insert(std::to_string(i) + std::string(3000, 'x'))).value();
  BOOST_TEST(std::filesystem::file_size(path) > before);
}

BOOST_FIXTURE_TEST_CASE(the_log_stays_short_however_much_is_written, writing) {
  writes.emplace(path, log_limits{.copy_above = 100, .restart_above = 500});
  // Many operations wait at all times, so there is never an idle moment.
  constexpr std::uint64_t bytes_per_row = 3000;
  constexpr std::ptrdiff_t waiting_rows = 1024;
  std::counting_semaphore<waiting_rows> room{waiting_rows};
  const auto log_bytes = [&] { return std::filesystem::file_size(path + "-wal"); };
  std::uint64_t rows = 0;
  do {
    room.acquire();
    writes->submit(insert(std::to_string(++rows) + std::string(bytes_per_row, 'x')),
                   [&](result<void>) { room.release(); });
  } while (rows * bytes_per_row < 2 * log_bytes() || rows < 2 * waiting_rows);
  for (std::ptrdiff_t i = 0; i < waiting_rows; ++i)
    room.acquire();
  BOOST_TEST(count() == static_cast<std::int64_t>(rows));
}

BOOST_FIXTURE_TEST_CASE(a_failed_operation_leaves_nothing_and_does_not_affect_others, writing) {
  std::promise<void> go;
  std::promise<void> entered;
  writes->submit(
    [&](sqlite::connection&) -> result<void> {
      entered.set_value();
      go.get_future().wait();
      return {};
    },
    [](result<void>) {});
  entered.get_future().wait();
  // These wait together and form one transaction.
  std::promise<result<void>> refused;
  std::promise<result<void>> doubled;
  writes->submit(insert("kept"), [](result<void>) {});
  writes->submit(
    [&](sqlite::connection& database) -> result<void> {
      std::ignore = insert("lost")(database);
      return fail(errc::quota_reached);
    },
    [&](result<void> outcome) { refused.set_value(std::move(outcome)); });
  writes->submit(insert("kept"),
                 [&](result<void> outcome) { doubled.set_value(std::move(outcome)); });
  go.set_value();
  BOOST_TEST(writes->run(insert("after")).has_value());
  BOOST_TEST(test::code_of(refused.get_future().get()) == errc::quota_reached);
  BOOST_TEST(test::code_of(doubled.get_future().get()) == errc::storage_failed);
  BOOST_TEST(count() == 2);
}

// In one transaction: a step takes all that wait.
BOOST_FIXTURE_TEST_CASE(an_operation_that_refuses_at_once_lets_the_others_run_once, stepping) {
  int runs = 0;
  result<void> refused;
  writes->submit(counted(runs, insert("a")), [](const result<void>&) {});
  writes->submit([](sqlite::connection&) -> result<void> { return fail(errc::quota_reached); },
                 [&](result<void> outcome) { refused = std::move(outcome); });
  writes->submit(counted(runs, insert("b")), [](const result<void>&) {});
  steps.take_one();
  BOOST_TEST(runs == 2);
  BOOST_TEST(test::code_of(refused) == errc::quota_reached);
  BOOST_TEST(count() == 2);
}

BOOST_FIXTURE_TEST_CASE(an_operation_that_fails_late_lets_the_others_run_again, stepping) {
  int first = 0;
  int last = 0;
  result<void> refused;
  writes->submit(counted(first, insert("a")), [](const result<void>&) {});
  writes->submit(
    [&](sqlite::connection& database) -> result<void> {
      std::ignore = insert("lost")(database);
      return fail(errc::quota_reached);
    },
    [&](result<void> outcome) { refused = std::move(outcome); });
  writes->submit(counted(last, insert("b")), [](const result<void>&) {});
  steps.take_one();
  BOOST_TEST(first == 2);
  BOOST_TEST(last == 1);
  BOOST_TEST(test::code_of(refused) == errc::quota_reached);
  BOOST_TEST(count() == 2);
}

BOOST_FIXTURE_TEST_CASE(an_operation_that_throws_is_an_internal_error, writing) {
  const auto thrown =
    writes->run([](sqlite::connection&) -> result<void> { throw std::runtime_error{"a bug"}; });
  BOOST_TEST(test::code_of(thrown) == errc::internal);
  BOOST_TEST(writes->run(insert("a")).has_value());
}

BOOST_FIXTURE_TEST_CASE(operations_run_in_order_and_destruction_waits_for_all, writing) {
  std::atomic<int> answered{0};
  std::string order;
  for (int i = 0; i < 1'000; ++i)
    writes->submit(
      [&order, i](sqlite::connection& database) -> result<void> {
        order += static_cast<char>('0' + i % 10);
        database.run("UPDATE totals SET bytes = ?1", std::int64_t{i});
        return {};
      },
      [&answered](result<void> outcome) { answered += outcome.has_value(); });
  writes.reset();
  BOOST_TEST(answered == 1'000);
  BOOST_TEST(order.substr(0, 12) == "012345678901");
  BOOST_TEST(readers.acquire()->number("SELECT bytes FROM totals", -1) == 999);
}

// The database cannot grow: SQLite reports that as it does a full disk.
BOOST_FIXTURE_TEST_CASE(on_a_full_disk_only_what_frees_bytes_is_written, writing) {
  writes.reset();
  storage::disk_reserve reserve{folder_descriptor(), 1024 * 1024};
  writes.emplace(path, log_limits{}, nullptr, &reserve);
  BOOST_TEST(writes->run(insert("kept")).has_value());
  BOOST_TEST(writes->run(stop_growth()).has_value());
  std::promise<result<void>> stored;
  std::promise<result<void>> freed;
  writes->submit(
    insert(std::string(100'000, 'x')),
    [&](result<void> outcome) { stored.set_value(std::move(outcome)); },
    storage::writer::effect::stores);
  writes->submit(remove("kept"),
                 [&](result<void> outcome) { freed.set_value(std::move(outcome)); });
  BOOST_TEST((stored.get_future().get().error().code == errc::disk_full));
  BOOST_TEST(freed.get_future().get().has_value());
  BOOST_TEST(count() == 0);
}

BOOST_FIXTURE_TEST_CASE(the_reserve_is_made_again_before_the_next_commit, writing) {
  writes.reset();
  storage::disk_reserve reserve{folder_descriptor(), 1024 * 1024};
  writes.emplace(path, log_limits{}, nullptr, &reserve);
  BOOST_TEST(writes->run(stop_growth()).has_value());
  BOOST_TEST(!writes->run(insert(std::string(100'000, 'x'))));
  BOOST_TEST(reserve.is_used_up());
  BOOST_TEST(writes->run(insert("small")).has_value()); // this disk has room
  BOOST_TEST(!reserve.is_used_up());
  BOOST_TEST(std::filesystem::file_size(folder.path() / "reserve") == 1024u * 1024);
}

BOOST_FIXTURE_TEST_CASE(without_threads_a_step_writes_what_was_submitted_before, stepping) {
  int answered = 0;
  for (const auto* name : {"a", "b"})
    writes->submit(insert(name), [&](const result<void>& outcome) { answered += outcome ? 1 : 0; });
  BOOST_TEST(answered == 0);
  BOOST_TEST(steps.steps.size() == 1u);
  steps.take_one();
  BOOST_TEST(answered == 2);
  BOOST_TEST(steps.steps.empty());
}

BOOST_FIXTURE_TEST_CASE(without_threads_waiting_takes_steps, stepping) {
  BOOST_TEST(writes->run(insert("a")).has_value());
  writes->submit(insert("b"), [](const result<void>&) {});
  writes.reset();
  BOOST_TEST(count() == 2);
}

BOOST_FIXTURE_TEST_CASE(without_threads_the_log_is_copied_in_a_step, stepping) {
  for (int i = 0; i < 40; ++i)
    BOOST_TEST(writes->run(insert(std::string(5000, 'x') + std::to_string(i))).has_value());
  writes.reset();
  BOOST_TEST(count() == 40);
  BOOST_TEST(std::filesystem::file_size(path) > 40u * 5000);
}

BOOST_AUTO_TEST_SUITE_END()
