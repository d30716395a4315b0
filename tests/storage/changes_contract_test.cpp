// The log of an engine: entries of all repositories in one order, without holes.
#include "storage/engine_contract.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

/// The repositories `library/app` and `team/app`, with the images `one` and `two`.
template <class Subject>
struct logging : repository<Subject> {
  manifest_ptr one = image({.note = "one"});
  manifest_ptr two = image({.note = "two"});
  std::shared_ptr<repository_store> other = this->engine->metadata().open(name("team/app"));

  change_page changes(const change_query& query = {}) {
    return answer_of(this->engine->metadata(), &metadata_engine::list_changes, query).value();
  }
  /// The number of the last entry, as a reader learns it that knows none.
  std::uint64_t last() {
    const auto end = changes({.after = after_all_changes, .limit = 0});
    BOOST_TEST(end.has_gap);
    BOOST_TEST(end.items.empty());
    return end.next;
  }
  void tag_as(repository_store& where, const manifest_ptr& value, std::string_view label) {
    this->now += 1s;
    put(where, {.value = value, .tags = labels({label})}).value();
  }
};

/// `push library/app:latest`.
texts told(const change_page& page) {
  texts lines;
  for (const auto& [repository, entry] : page.items)
    lines.push_back(std::string{to_string(entry.kind)} + ' ' + repository.to_string() +
                    (entry.name ? ':' + entry.name->to_string() : ""));
  return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(changes_contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_log_has_no_entries, Subject, contract_engines) {
  logging<Subject> subject;
  const auto page = subject.changes();
  BOOST_TEST(page.items.empty());
  BOOST_TEST(page.next == 0U);
  BOOST_TEST(!page.more);
  BOOST_TEST(!page.has_gap);
  BOOST_TEST(subject.last() == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(entries_of_all_repositories_come_in_their_order, Subject,
                              contract_engines) {
  logging<Subject> subject;
  subject.tag_as(*subject.store, subject.one, "latest");
  subject.tag_as(*subject.other, subject.one, "1");
  subject.tag_as(*subject.store, subject.two, "latest");
  put(*subject.other, subject.two).value(); // without a tag
  delete_tag(*subject.other, "1").value();
  const auto page = subject.changes();
  BOOST_TEST(told(page) == (texts{"push library/app:latest", "push team/app:1",
                                  "move library/app:latest", "push team/app", "delete team/app:1"}),
             boost::test_tools::per_element());
  BOOST_TEST(!page.has_gap);
  BOOST_TEST(!page.more);
  for (std::size_t i = 0; i < page.items.size(); ++i)
    BOOST_TEST(page.items[i].entry.sequence == i + 1);
  BOOST_TEST(page.next == page.items.size());
  BOOST_TEST(subject.last() == page.next);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_entry_of_the_log_is_that_of_the_history, Subject,
                              contract_engines) {
  logging<Subject> subject;
  const auto by = std::make_shared<const changer>(changer{"alice", "17", "192.0.2.1"});
  put(*subject.store, {.value = subject.one, .tags = labels({"latest"})}).value();
  put(*subject.store, {.value = subject.two, .tags = labels({"latest"}), .by = by}).value();
  const auto logged = subject.changes({.after = 1}).items.at(0).entry;
  const auto remembered = answer_of(*subject.store, &repository_store::list_history,
                                    history_query{.name = label("latest")})
                            .value()
                            .items.at(0);
  BOOST_TEST(logged.sequence == remembered.sequence);
  BOOST_TEST((logged.at == remembered.at));
  BOOST_TEST((logged.kind == change_kind::move));
  BOOST_TEST((logged.before == subject.one->id()));
  BOOST_TEST((logged.after == subject.two->id()));
  BOOST_TEST(logged.size == subject.two->bytes().size());
  BOOST_TEST(logged.media_type == subject.two->type().to_string());
  BOOST_REQUIRE(logged.by);
  BOOST_TEST((*logged.by == *by));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pages_follow_each_other, Subject, contract_engines) {
  logging<Subject> subject;
  for (const auto* each : {"1", "2", "3", "4", "5"})
    subject.tag_as(*subject.store, subject.one, each);
  texts seen;
  change_query query{.limit = 2};
  for (bool more = true; more;) {
    const auto page = subject.changes(query);
    BOOST_REQUIRE(!page.items.empty());
    BOOST_TEST(!page.has_gap);
    for (const auto& line : told(page))
      seen.push_back(line);
    query.after = page.next;
    more = page.more;
  }
  BOOST_TEST(seen.size() == 5U);
  const auto end = subject.changes(query);
  BOOST_TEST(end.items.empty());
  BOOST_TEST(!end.has_gap);
  BOOST_TEST(end.next == 5U);
  const auto nothing = subject.changes({.after = 2, .limit = 0});
  BOOST_TEST(nothing.items.empty());
  BOOST_TEST(nothing.more);
  BOOST_TEST(nothing.next == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_number_that_was_never_given_is_a_gap, Subject, contract_engines) {
  logging<Subject> subject;
  subject.tag_as(*subject.store, subject.one, "latest");
  const auto page = subject.changes({.after = 2});
  BOOST_TEST(page.has_gap);
  BOOST_TEST(page.items.empty());
  BOOST_TEST(page.next == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_clearing_is_a_gap_for_all_readers, Subject, contract_engines) {
  logging<Subject> subject;
  subject.tag_as(*subject.store, subject.one, "latest");
  const auto before = subject.last();
  clear(*subject.engine);
  const auto cleared = subject.changes({.after = before});
  BOOST_TEST(cleared.has_gap);
  BOOST_TEST(cleared.items.empty());
  BOOST_TEST(cleared.next > before);
  subject.store = subject.engine->metadata().open(name("library/app"));
  subject.tag_as(*subject.store, subject.one, "latest");
  const auto later = subject.changes({.after = cleared.next});
  BOOST_TEST(!later.has_gap);
  BOOST_TEST(told(later) == texts{"push library/app:latest"}, boost::test_tools::per_element());
  BOOST_TEST(subject.changes().has_gap);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_clearing_of_some_repositories_is_a_gap, Subject, contract_engines) {
  logging<Subject> subject;
  subject.tag_as(*subject.store, subject.one, "latest");
  subject.tag_as(*subject.other, subject.one, "latest");
  const auto before = subject.last();
  subject.store.reset();
  answer_of(subject.engine->upkeep(), &upkeep_engine::clear_within, name("library")).value();
  BOOST_TEST(subject.changes({.after = before}).has_gap);
  const auto all = subject.changes();
  BOOST_TEST(all.has_gap);
  BOOST_TEST(told(all) == texts{"push team/app:latest"}, boost::test_tools::per_element());
  const auto now = subject.last();
  answer_of(subject.engine->upkeep(), &upkeep_engine::clear_within, name("absent")).value();
  BOOST_TEST(subject.last() == now); // nothing was cleared
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_collection_leaves_gaps_only_where_entries_went, Subject,
                              contract_engines) {
  logging<Subject> subject;
  for (int i = 0; i < 4; ++i)
    subject.tag_as(*subject.store, i % 2 == 0 ? subject.one : subject.two, "latest");
  subject.now += 25h;
  const gc_policy policy{.history = {.keep = 24h, .per_tag = 2}};
  BOOST_TEST(collect(*subject.engine, policy).value().history == 2U);
  BOOST_TEST(subject.changes().has_gap);
  BOOST_TEST(!subject.changes({.after = 2}).has_gap);
  BOOST_TEST(subject.changes({.after = 2}).items.size() == 2U);
  const gc_policy all{.history = {.keep = 24h, .per_tag = 0}};
  BOOST_TEST(collect(*subject.engine, all).value().history == 2U);
  BOOST_TEST(subject.last() == 4U);
  BOOST_TEST(subject.changes({.after = 2}).has_gap);
  BOOST_TEST(!subject.changes({.after = 4}).has_gap); // this reader has seen them all
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_listener_is_told_of_each_change, Subject, contract_engines) {
  logging<Subject> subject;
  auto& metadata = subject.engine->metadata();
  std::atomic<int> told{0};
  const int listener = 0;
  const int other = 0;
  std::atomic<int> other_told{0};
  metadata.on_change(&listener, [&] { ++told; });
  metadata.on_change(&other, [&] { ++other_told; });
  subject.tag_as(*subject.store, subject.one, "latest");
  const int after_push = told;
  BOOST_TEST(after_push >= 1);
  BOOST_TEST(other_told == after_push);
  metadata.on_change(&other, {});
  const int other_after_push = other_told;
  delete_tag(*subject.store, "latest").value();
  const int after_deletion = told;
  BOOST_TEST(after_deletion > after_push);
  clear(*subject.engine);
  const int after_clearing = told;
  BOOST_TEST(after_clearing > after_deletion);
  BOOST_TEST(other_told == other_after_push);
  metadata.on_change(&listener, {});
  subject.tag_as(*metadata.open(name("team/app")), subject.one, "latest");
  BOOST_TEST(told == after_clearing);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reader_loses_no_entry_while_threads_push, Subject,
                              contract_engines) {
  constexpr int writers = 4;
  constexpr int pushes = 100;
  logging<Subject> subject;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      const auto store = subject.engine->metadata().open(name("r" + std::to_string(w)));
      for (int i = 0; i < pushes; ++i)
        put(*store, i % 2 == 0 ? subject.one : subject.two, labels({"latest"})).value();
    });
  std::uint64_t position = 0;
  std::size_t seen = 0;
  bool has_gap = false;
  while (seen < writers * pushes && !has_gap) {
    const auto page = subject.changes({.after = position, .limit = 7});
    has_gap = page.has_gap;
    seen += page.items.size();
    position = page.next;
  }
  for (auto& each : threads)
    each.join();
  BOOST_TEST(!has_gap);
  BOOST_TEST(seen == static_cast<std::size_t>(writers * pushes));
  BOOST_TEST(position == seen);
}

BOOST_AUTO_TEST_SUITE_END()
