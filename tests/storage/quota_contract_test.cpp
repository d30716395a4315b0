// Engines keep the accounts of quotas, and refuse what exceeds one.
#include "storage/engine_contract.hpp"

#include "domain/undo.hpp"
#include "storage/api/snapshots.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

namespace {

quota limit_of(std::string_view within, std::optional<std::uint64_t> bytes,
               std::optional<std::uint64_t> tags = {}) {
  quota made{.name = within.empty() ? "all" : std::string{within}, .bytes = bytes, .tags = tags};
  if (!within.empty())
    made.within = name(within);
  return made;
}

struct told_crossings {
  std::vector<std::string> lines = {};
};

std::shared_ptr<quota_ledger> ledger_of(std::vector<quota> quotas,
                                        std::shared_ptr<told_crossings> told) {
  return std::make_shared<quota_ledger>(std::move(quotas), [told](const quota_crossing& what) {
    told->lines.push_back(what.name + ' ' + std::to_string(what.percent));
  });
}

template <class Subject>
struct limited : Subject {
  explicit limited(std::vector<quota> quotas)
    : limited{ledger_of(std::move(quotas), std::make_shared<told_crossings>())} {}
  explicit limited(std::shared_ptr<quota_ledger> quotas)
    : Subject{quotas}, ledger{std::move(quotas)} {}

  std::shared_ptr<repository_store> open(std::string_view text = "team/app") {
    return this->engine->metadata().open(name(text));
  }
  quota_use use(std::size_t which = 0) const { return ledger->list().at(which).use; }

  result<void> add(repository_store& where, std::string_view bytes) {
    return link(where, publish(*this->engine, bytes, this->now + 1min));
  }
  result<void> rename(std::string_view from, std::string_view to) {
    return answer_of(this->engine->metadata(), &metadata_engine::rename, name(from), name(to),
                     std::make_shared<const tag_patterns>());
  }
  void collect_all() { collect(*this->engine, {.grace = 0ms, .ignore_leases = true}).value(); }

  std::shared_ptr<quota_ledger> ledger;
};

std::uint64_t size_of(const manifest_ptr& value) {
  return value->bytes().size();
}

result<void> remove(repository_store& where, const digest& id, remains leaves) {
  return answer_of(where, &repository_store::delete_manifest, id, removal{.leaves = leaves});
}

result<std::vector<history_entry>> bring_back(repository_store& where, const digest& id) {
  return answer_of(where, &repository_store::undo, undo_request{.what = undo_removal{id}});
}

result<change_summary> copy(repository_store& to, std::string_view from,
                            std::vector<manifest_write> writes) {
  return answer_of(to, &repository_store::copy_manifests,
                   manifest_copy{name(from), std::move(writes)});
}

bool stores(const repository_store& where, const manifest_ptr& value) {
  return answer_of(where, &repository_store::find_manifest, reference{value->id()}).has_value();
}

bool has_link(const repository_store& where, std::string_view bytes) {
  return answer_of(where, &repository_store::find_blob, digest::of(bytes)).has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(quota_contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(links_manifests_and_tags_count, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", 10'000, 10)}};
  const auto store = subject.open();
  subject.add(*store, content(100)).value();
  BOOST_TEST((subject.use() == quota_use{100, 0}));
  subject.add(*store, content(100)).value(); // it is linked already
  BOOST_TEST((subject.use() == quota_use{100, 0}));
  const auto value = image({.blobs = {digest::of(content(100))}});
  put(*store, value, labels({"1", "2"})).value();
  BOOST_TEST((subject.use() == quota_use{100 + size_of(value), 2}));
  put(*store, value, labels({"2"})).value();
  BOOST_TEST((subject.use() == quota_use{100 + size_of(value), 2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_counts_once_for_each_repository, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("", 1000)}};
  subject.add(*subject.open("a"), content(100)).value();
  subject.add(*subject.open("b"), content(100)).value();
  BOOST_TEST(subject.use().bytes == 200U);
  unlink(*subject.open("a"), digest::of(content(100))).value();
  BOOST_TEST(subject.use().bytes == 100U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(names_that_only_begin_alike_do_not_count, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team-a", 1000), limit_of("team-a/x", 1000)}};
  for (const auto* other : {"team-ab", "team", "team-a.b/x", "team-a-x", "x/team-a"})
    subject.add(*subject.open(other), content(100)).value();
  BOOST_TEST(subject.use().bytes == 0U);
  subject.add(*subject.open("team-a"), content(100)).value();
  subject.add(*subject.open("team-a/b"), content(100)).value();
  subject.add(*subject.open("team-a/x"), content(100)).value();
  subject.add(*subject.open("team-a/x/y/z"), content(100)).value();
  BOOST_TEST(subject.use(0).bytes == 400U);
  BOOST_TEST(subject.use(1).bytes == 200U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(bytes_beyond_the_limit_are_refused, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", 150)}};
  const auto store = subject.open();
  subject.add(*store, content(100)).value();
  const auto refused = subject.add(*store, content(51, 1));
  BOOST_TEST((code_of(refused) == errc::quota_exceeded));
  BOOST_TEST(refused.error().detail ==
             "the quota team has 100 of 150 bytes in use, and this needs 51 more");
  BOOST_TEST(!has_link(*store, content(51, 1)));
  BOOST_TEST(subject.use().bytes == 100U);
  BOOST_TEST(subject.ledger->list().at(0).refusals == 1U);
  subject.add(*store, content(50, 2)).value();
  subject.add(*store, content(100)).value(); // adds nothing
  BOOST_TEST((code_of(put(*store, image({}))) == errc::quota_exceeded));
  BOOST_TEST(!stores(*store, image({})));
  subject.add(*subject.open("other"), content(51, 1)).value();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tags_beyond_the_limit_are_refused, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", {}, 2)}};
  const auto store = subject.open();
  const auto first = image({.note = "first"});
  const auto second = image({.note = "second"});
  put(*store, first, labels({"1", "2"})).value();
  const auto refused = put(*store, second, labels({"1", "3"}));
  BOOST_TEST((code_of(refused) == errc::quota_exceeded));
  BOOST_TEST(refused.error().detail ==
             "the quota team has 2 of 2 tags in use, and this needs 1 more");
  BOOST_TEST(!stores(*store, second));
  BOOST_TEST(tags_of(*store) == (std::vector<std::string>{"1", "2"}),
             boost::test_tools::per_element());
  put(*store, second).value();
  put(*store, second, labels({"1"})).value(); // moves it
  BOOST_TEST((code_of(put(*subject.open("team/b"), first, labels({"1"}))) == errc::quota_exceeded));
  delete_tag(*store, "2").value();
  put(*subject.open("team/b"), first, labels({"1"})).value();
  BOOST_TEST(subject.use().tags == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_quota_of_a_repository_must_have_room, Subject,
                              contract_engines) {
  limited<Subject> subject{{limit_of("", 250), limit_of("team", 150)}};
  subject.add(*subject.open("other"), content(150, 1)).value();
  subject.add(*subject.open("team/a"), content(50, 2)).value();
  const auto refused = subject.add(*subject.open("team/b"), content(60, 3));
  BOOST_TEST((code_of(refused) == errc::quota_exceeded));
  BOOST_TEST(refused.error().detail.starts_with("the quota all has 200 of 250 bytes"));
  BOOST_TEST(subject.use(0).bytes == 200U);
  BOOST_TEST(subject.use(1).bytes == 50U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(deletions_and_collections_free, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", 1000, 1)}};
  const auto store = subject.open();
  subject.add(*store, content(100)).value();
  const auto value = image({.blobs = {digest::of(content(100))}});
  put(*store, value, labels({"1"})).value();
  delete_manifest(*store, value->id()).value();
  BOOST_TEST((subject.use() == quota_use{100, 0}));
  subject.collect_all();
  BOOST_TEST((subject.use() == quota_use{}));
  // As before.
  subject.add(*store, content(100)).value();
  put(*store, value, labels({"1"})).value();
  BOOST_TEST((subject.use() == quota_use{100 + size_of(value), 1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_deleted_manifest_that_is_kept_counts_by_its_blobs, Subject,
                              contract_engines) {
  limited<Subject> subject{{limit_of("team", 1000, 1)}};
  const auto store = subject.open();
  subject.add(*store, content(100)).value();
  const auto value = image({.blobs = {digest::of(content(100))}});
  put(*store, value, labels({"1"})).value();
  remove(*store, value->id(), remains::kept).value();
  subject.collect_all();
  BOOST_TEST((subject.use() == quota_use{100, 0}));
  bring_back(*store, value->id()).value();
  BOOST_TEST(subject.use().bytes == 100 + size_of(value));
  remove(*store, value->id(), remains::purged).value();
  BOOST_TEST((subject.use() == quota_use{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_undo_that_would_exceed_is_refused, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", {}, 1)}};
  const auto store = subject.open();
  const auto first = image({.note = "first"});
  put(*store, first, labels({"1"})).value();
  subject.now += 1s;
  remove(*store, first->id(), remains::kept).value();
  subject.now += 1s;
  const auto removal = answer_of(*store, &repository_store::list_history, history_query{})
                         .value()
                         .items.front()
                         .sequence;
  put(*store, image({.note = "second"}), labels({"2"})).value();
  const undo_request whole{.what = undo_change{removal}};
  BOOST_TEST((code_of(answer_of(*store, &repository_store::undo, whole)) == errc::quota_exceeded));
  BOOST_TEST(!stores(*store, first));
  delete_tag(*store, "2").value();
  answer_of(*store, &repository_store::undo, whole).value();
  BOOST_TEST(tags_of(*store) == (std::vector<std::string>{"1"}), boost::test_tools::per_element());
  BOOST_TEST(subject.use().tags == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(copies_count_where_they_are_made, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", 10'000), limit_of("prod", 10'000, 1)}};
  const auto store = subject.open();
  subject.add(*store, content(100)).value();
  const auto one = image({.blobs = {digest::of(content(100))}, .note = "one"});
  const auto two = image({.blobs = {digest::of(content(100))}, .note = "two"});
  put(*store, one).value();
  put(*store, two).value();
  const auto target = subject.open("prod/app");
  BOOST_TEST((code_of(copy(*target, "team/app",
                           {{.value = one, .tags = labels({"1"})},
                            {.value = two, .tags = labels({"2"})}})) == errc::quota_exceeded));
  BOOST_TEST((subject.use(1) == quota_use{}));
  BOOST_TEST(!stores(*target, one));
  BOOST_TEST(!has_link(*target, content(100)));
  copy(*target, "team/app", {{.value = one}, {.value = two, .tags = labels({"1"})}}).value();
  const auto all = 100 + size_of(one) + size_of(two);
  BOOST_TEST((subject.use(0) == quota_use{all, 0}));
  BOOST_TEST((subject.use(1) == quota_use{all, 1}));
  answer_of(*target, &repository_store::delete_manifests, removal{.leaves = remains::purged})
    .value();
  BOOST_TEST((subject.use(1) == quota_use{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rename_moves_the_use, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", 1000), limit_of("prod", 1000), limit_of("", 1000)}};
  const auto value = image({.blobs = {digest::of(content(100))}});
  auto store = subject.open();
  subject.add(*store, content(100)).value();
  put(*store, value, labels({"1"})).value();
  store.reset();
  const quota_use all{100 + size_of(value), 1};
  subject.rename("team/app", "prod/app").value();
  BOOST_TEST((subject.use(0) == quota_use{}));
  BOOST_TEST((subject.use(1) == all));
  BOOST_TEST((subject.use(2) == all));
  subject.rename("prod/app", "free/app").value();
  BOOST_TEST((subject.use(1) == quota_use{}));
  subject.rename("free/app", "team").value();
  BOOST_TEST((subject.use(0) == all));
  delete_tag(*subject.open("team"), "1").value();
  BOOST_TEST(subject.use(0).tags == 0U);
  BOOST_TEST(subject.use(2).tags == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rename_into_a_full_quota_is_refused, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", 1000), limit_of("prod", 100)}};
  auto store = subject.open();
  subject.add(*store, content(101)).value();
  put(*store, image({}), labels({"1"})).value();
  store.reset();
  const auto before = subject.use(0);
  BOOST_TEST((code_of(subject.rename("team/app", "prod/app")) == errc::quota_exceeded));
  BOOST_TEST((subject.use(0) == before));
  BOOST_TEST((subject.use(1) == quota_use{}));
  BOOST_TEST(stores(*subject.open(), image({})));
  // It counts as before.
  subject.add(*subject.open(), content(10, 1)).value();
  BOOST_TEST(subject.use(0).bytes == before.bytes + 10);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tags_that_expire_free, Subject, contract_engines) {
  for (const auto leaves : {remains::nothing, remains::kept}) {
    limited<Subject> subject{{limit_of("team", 10'000, 10)}};
    const auto store = subject.open();
    const auto value = image({.note = "old"});
    put(*store, value, labels({"1", "2"})).value();
    const expiry what{{{label("1"), value->id()}, {label("2"), value->id()}}, {.leaves = leaves}};
    answer_of(*store, &repository_store::expire, what).value();
    BOOST_TEST((subject.use() == quota_use{}));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clearings_free, Subject, contract_engines) {
  limited<Subject> subject{{limit_of("team", 10'000), limit_of("", 10'000)}};
  for (const auto* each : {"team/a", "team/b", "other"}) {
    subject.add(*subject.open(each), content(100)).value();
    put(*subject.open(each), image({}), labels({"1"})).value();
  }
  answer_of(subject.engine->upkeep(), &upkeep_engine::clear_within, name("team/a")).value();
  BOOST_TEST((subject.use(0) == quota_use{100 + size_of(image({})), 1}));
  clear(*subject.engine);
  BOOST_TEST((subject.use(0) == quota_use{}));
  BOOST_TEST((subject.use(1) == quota_use{}));
  subject.add(*subject.open("team/a"), content(100)).value();
  BOOST_TEST(subject.use(0).bytes == 100U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_full_quota_is_told_once, Subject, contract_engines) {
  const auto told = std::make_shared<told_crossings>();
  limited<Subject> subject{ledger_of({limit_of("team", 100)}, told)};
  const auto store = subject.open();
  subject.add(*store, content(79)).value();
  BOOST_TEST(told->lines.empty());
  subject.add(*store, content(10, 1)).value();
  subject.add(*store, content(5, 2)).value();
  BOOST_TEST(!subject.add(*store, content(50, 3)));
  BOOST_TEST(told->lines == (std::vector<std::string>{"team 80"}),
             boost::test_tools::per_element());
  subject.add(*store, content(6, 4)).value();
  BOOST_TEST(told->lines.back() == "team 100");
  unlink(*store, digest::of(content(79))).value();
  subject.add(*store, content(79)).value();
  BOOST_TEST(told->lines.size() == 3U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(racing_pushes_never_exceed_a_quota, Subject, contract_engines) {
  constexpr std::size_t fitting = 10;
  constexpr std::size_t writers = 4;
  constexpr unsigned tries = 8;
  limited<Subject> subject{{limit_of("team", fitting * 100)}};
  std::atomic<std::size_t> linked{0};
  std::vector<std::thread> threads;
  for (unsigned writer = 0; writer < writers; ++writer)
    threads.emplace_back([&, writer] {
      const auto store = subject.open("team/" + std::to_string(writer));
      for (unsigned i = 0; i < tries; ++i)
        if (subject.add(*store, content(100, writer * tries + i)))
          ++linked;
    });
  for (auto& each : threads)
    each.join();
  BOOST_TEST(linked == fitting);
  BOOST_TEST(subject.use().bytes == fitting * 100);
  BOOST_TEST(subject.ledger->list().at(0).refusals == writers * tries - fitting);
}

BOOST_AUTO_TEST_CASE(a_folder_is_counted_when_it_is_opened) {
  limited<disk_subject> subject{{limit_of("team", 1000, 10), limit_of("", 10'000)}};
  const auto value = image({.blobs = {digest::of(content(100))}});
  for (const auto* each : {"team", "team/app", "teams"}) {
    subject.add(*subject.open(each), content(100)).value();
    put(*subject.open(each), value, labels({"1", "2"})).value();
  }
  const auto before = subject.ledger->list();
  subject.ledger = ledger_of({limit_of("team", 1000, 10), limit_of("", 10'000), limit_of("x", 1)},
                             std::make_shared<told_crossings>());
  subject.quotas = subject.ledger;
  subject.restart();
  BOOST_TEST((subject.use(0) == before[0].use));
  BOOST_TEST((subject.use(1) == before[1].use));
  BOOST_TEST((subject.use(2) == quota_use{}));
  BOOST_TEST(subject.use(0).bytes == 2 * (100 + size_of(value)));
  delete_tag(*subject.open("team/app"), "1").value();
  subject.add(*subject.open("team/new"), content(50, 1)).value();
  BOOST_TEST((subject.use(0) == quota_use{before[0].use.bytes + 50, before[0].use.tags - 1}));
}

BOOST_AUTO_TEST_CASE(a_folder_beyond_a_new_limit_may_only_shrink) {
  limited<disk_subject> subject{{limit_of("team", 1000)}};
  subject.add(*subject.open(), content(500)).value();
  subject.add(*subject.open(), content(100, 1)).value();
  subject.ledger = ledger_of({limit_of("team", 200)}, std::make_shared<told_crossings>());
  subject.quotas = subject.ledger;
  subject.restart();
  BOOST_TEST((code_of(subject.add(*subject.open(), content(1))) == errc::quota_exceeded));
  subject.add(*subject.open(), content(500)).value(); // it is linked
  unlink(*subject.open(), digest::of(content(500))).value();
  subject.add(*subject.open(), content(100, 2)).value();
  BOOST_TEST(subject.use().bytes == 200U);
}

BOOST_AUTO_TEST_CASE(a_blob_that_is_repaired_counts_by_its_new_size) {
  limited<disk_subject> subject{{limit_of("", 1'000'000)}};
  const auto id = digest::of("trusted");
  const auto publish_as = [&](const std::string& bytes) {
    return publish(*subject.engine, filled_sink(*subject.engine, bytes), id, subject.now + 1min)
      .value();
  };
  link(*subject.open("a"), publish_as(content(20'000))).value();
  link(*subject.open("b"), publish_as(content(20'000))).value();
  BOOST_TEST(subject.use().bytes == 40'000U);
  for (const auto& each :
       std::filesystem::recursive_directory_iterator{subject.folder.path() / "data" / "blobs"})
    if (each.is_regular_file())
      std::filesystem::remove(each.path());
  publish_as(content(30'000));
  BOOST_TEST(subject.use().bytes == 60'000U);
}

BOOST_AUTO_TEST_CASE(a_return_to_a_snapshot_counts_what_it_brings) {
  const auto told = std::make_shared<told_crossings>();
  limited<memory_subject> subject{ledger_of({limit_of("team", 400)}, told)};
  auto& snapshots = *subject.engine->snapshots();
  subject.add(*subject.open(), content(100)).value();
  const auto saved = answer_of(snapshots, &snapshot_engine::take).value();
  subject.add(*subject.open("team/b"), content(200, 1)).value();
  BOOST_TEST(subject.use().bytes == 300U);
  answer_of(snapshots, &snapshot_engine::restore, saved.id).value();
  BOOST_TEST(subject.use().bytes == 100U);
  BOOST_TEST(told->lines.empty());
}

BOOST_AUTO_TEST_SUITE_END()
