// An index on its own thread.
#include "listing/index.hpp"
#include "listing/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <future>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(index_thread)

namespace {

template <class T>
using answered = result<listing::found_rows<T>>;

template <class T, class Start>
answered<T> wait_for(Start start) {
  std::promise<answered<T>> answer;
  auto later = answer.get_future();
  start([&answer](answered<T> found) { answer.set_value(std::move(found)); });
  return later.get();
}

answered<listing::tag_record> tags_of(listing::index& from, std::string_view where) {
  return wait_for<listing::tag_record>(
    [&](auto done) { from.list_tags(name(where), {}, std::move(done)); });
}

answered<listing::repository_record> all_of(listing::index& from) {
  return wait_for<listing::repository_record>(
    [&](auto done) { from.list_repositories({}, std::move(done)); });
}

struct indexed : repository<disk_subject> {
  listing::index& open() {
    listing.emplace(*engine, file(), [this] { return now; });
    return *listing;
  }
  std::string file() const { return folder.path() / "data" / std::string{listing::index_file}; }
  void push(std::string_view text) {
    now += 1s;
    put(*store, {.value = image({.note = std::string{text}}), .tags = {label(text)}}).value();
  }

  std::optional<listing::index> listing;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_list_shows_what_was_answered_before, indexed) {
  auto& lists = open();
  for (int each = 0; each < 20; ++each) {
    push("v" + std::to_string(each));
    lists.pulls().count("library/app", "v0", now);
    const auto tags = tags_of(lists, "library/app").value().items;
    BOOST_REQUIRE(tags.size() == static_cast<std::size_t>(each) + 1);
    BOOST_TEST(tags.front().pulls.count == static_cast<std::uint64_t>(each) + 1);
  }
}

BOOST_FIXTURE_TEST_CASE(nothing_is_read_before_the_first_question, indexed) {
  open();
  push("v1");
  listing.reset();
  BOOST_TEST(!std::filesystem::exists(file()));
}

BOOST_FIXTURE_TEST_CASE(pulls_outlive_the_process, indexed) {
  push("v1");
  open().pulls().count("library/app", "v1", now);
  open().pulls().count("library/app", "v1", now + 1h);
  BOOST_TEST(words(tags_of(open(), "library/app").value().items.at(0).pulls) ==
             words(listing::pull_summary{2, now + 1h}));
}

BOOST_FIXTURE_TEST_CASE(pulls_can_be_moved_and_forgotten, indexed) {
  push("v1");
  auto& lists = open();
  lists.pulls().count("old/app", "v1", now);
  lists.rename(name("old/app"), name("library/app"));
  BOOST_TEST(all_of(lists).value().items.at(0).pulls.count == 1U);
  lists.forget(name("library"));
  BOOST_TEST(tags_of(lists, "library/app").value().items.at(0).pulls.count == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_file_is_made_anew, indexed) {
  push("v1");
  BOOST_TEST(tags_of(open(), "library/app").value().items.size() == 1U);
  listing.reset();
  std::ofstream{file()} << std::string(8192, 'x');
  BOOST_TEST(tags_of(open(), "library/app").value().items.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_written_is_an_error, indexed) {
  push("v1");
  std::filesystem::create_directory(file());
  BOOST_TEST((code_of(tags_of(open(), "library/app")) == errc::storage_failed));
  std::filesystem::remove(file());
  BOOST_TEST(tags_of(*listing, "library/app").value().items.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(questions_end_with_the_registry, indexed) {
  auto& lists = open();
  lists.end_queries();
  BOOST_TEST((code_of(all_of(lists)) == errc::unavailable));
  lists.stop();
  lists.stop();
  BOOST_TEST((code_of(all_of(lists)) == errc::unavailable));
}

BOOST_AUTO_TEST_CASE(who_waits_for_an_engine_is_told_at_the_end) {
  const auto queue = std::make_shared<late_work_queue>(late_work_queue::runs::when_told);
  const auto engine = make_late_engine(storage::make_memory_engine({}), queue);
  listing::index lists{*engine, "", [] { return std::chrono::system_clock::now(); }};
  std::promise<errc> code;
  auto later = code.get_future();
  lists.list_repositories({}, [&](auto found) { code.set_value(code_of(found)); });
  while (queue->waiting() == 0)
    std::this_thread::yield();
  lists.end_queries();
  BOOST_TEST((later.get() == errc::unavailable));
  // The engine always answers.
  std::thread answers{[&, queue] {
    while (engine && queue.use_count() > 0)
      if (!queue->run_one())
        break;
  }};
  answers.join();
  std::atomic<bool> has_stopped{false};
  std::thread serves{[&] {
    while (!has_stopped)
      queue->run_one();
  }};
  lists.stop();
  has_stopped = true;
  serves.join();
}

BOOST_AUTO_TEST_SUITE_END()
