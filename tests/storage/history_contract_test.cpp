// What engines remember of tags and manifests.
#include "storage/engine_contract.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

/// A repository with the images `one`, `two` and `three`.
template <class Subject>
struct remembering : repository<Subject> {
  manifest_ptr one = image({.note = "one"});
  manifest_ptr two = image({.note = "two"});
  manifest_ptr three = image({.note = "three"});

  void tag_as(const manifest_ptr& value, std::initializer_list<std::string_view> names,
              const changer_ptr& by = nullptr) {
    this->now += 1s;
    put(*this->store, {.value = value, .tags = labels(names), .by = by}).value();
  }

  page<history_entry> entries_of(std::string_view name, history_query query = {}) {
    query.name = label(name);
    return answer_of(*this->store, &repository_store::list_history, query).value();
  }

  std::string note_of(const std::optional<digest>& id) const {
    if (!id)
      return "-";
    return *id == one->id() ? "one" : *id == two->id() ? "two" : "three";
  }

  /// `move one>two`, the newest first.
  texts told(std::string_view name, const history_query& query = {}) {
    texts lines;
    for (const auto& each : entries_of(name, query).items)
      lines.push_back(std::string{to_string(each.kind)} + ' ' + note_of(each.before) + '>' +
                      note_of(each.after));
    return lines;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(history_contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(each_change_of_a_tag_is_told_the_newest_first, Subject,
                              contract_engines) {
  remembering<Subject> subject;
  subject.tag_as(subject.one, {"latest", "1"});
  subject.tag_as(subject.two, {"latest"});
  delete_tag(*subject.store, "latest").value();
  subject.tag_as(subject.one, {"latest"});
  BOOST_TEST(subject.told("latest") ==
               (texts{"push ->one", "delete two>-", "move one>two", "push ->one"}),
             boost::test_tools::per_element());
  BOOST_TEST(subject.told("1") == texts{"push ->one"}, boost::test_tools::per_element());
  BOOST_TEST(subject.told("unknown").empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_changes_nothing_is_not_told, Subject, contract_engines) {
  remembering<Subject> subject;
  subject.tag_as(subject.one, {"latest", "latest"});
  subject.tag_as(subject.one, {"latest"});
  BOOST_TEST(code_of(delete_tag(*subject.store, "absent")) == errc::manifest_unknown);
  BOOST_TEST(code_of(put_checked(*subject.store, image({.blobs = {absent_digest()}}),
                                 labels({"latest"}))) == errc::manifest_blob_unknown);
  subject.store->protect(std::make_shared<const tag_patterns>(texts{"latest"}));
  BOOST_TEST(code_of(delete_tag(*subject.store, "latest")) == errc::tag_immutable);
  BOOST_TEST(code_of(delete_manifest(*subject.store, subject.one->id())) == errc::tag_immutable);
  BOOST_TEST(subject.told("latest") == texts{"push ->one"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_deleted_manifest_takes_its_tags_along, Subject, contract_engines) {
  remembering<Subject> subject;
  subject.tag_as(subject.one, {"1", "2"});
  subject.tag_as(subject.two, {"2"});
  delete_manifest(*subject.store, subject.one->id()).value();
  BOOST_TEST(subject.told("1") == (texts{"delete one>-", "push ->one"}),
             boost::test_tools::per_element());
  BOOST_TEST(subject.told("2") == (texts{"move one>two", "push ->one"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(entries_say_what_and_who, Subject, contract_engines) {
  remembering<Subject> subject;
  const auto by = std::make_shared<const changer>(changer{"alice", "17", "192.0.2.1"});
  subject.tag_as(subject.one, {"latest"}, by);
  const auto then = subject.now;
  subject.now += 1h;
  delete_tag(*subject.store, "latest").value();
  const auto told = subject.entries_of("latest").items;
  BOOST_REQUIRE(told.size() == 2U);
  BOOST_REQUIRE(told[1].by);
  BOOST_TEST((*told[1].by == *by));
  BOOST_TEST(!told[0].by);
  BOOST_TEST((told[1].at == then));
  BOOST_TEST((told[0].at == subject.now));
  BOOST_TEST(told[0].sequence > told[1].sequence);
  for (const auto& each : told) {
    BOOST_TEST(each.size == subject.one->bytes().size());
    BOOST_TEST(each.media_type == subject.one->type().to_string());
    BOOST_TEST((each.target() == subject.one->id()));
    BOOST_REQUIRE(each.name);
    BOOST_TEST(each.name->to_string() == "latest");
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pages_are_cut_by_time, Subject, contract_engines) {
  remembering<Subject> subject;
  // A clock that stands still gives each entry a time of its own, too.
  for (int i = 0; i < 5; ++i) {
    put(*subject.store, i % 2 == 0 ? subject.one : subject.two, labels({"latest"})).value();
  }
  texts seen;
  history_query query{.name = label("latest"), .limit = 2};
  for (bool more = true; more;) {
    const auto page = subject.entries_of("latest", query);
    BOOST_REQUIRE(!page.items.empty());
    for (const auto& each : page.items)
      seen.push_back(subject.note_of(each.after));
    query.before = page.items.back().at;
    more = page.more;
  }
  BOOST_TEST(seen == (texts{"one", "two", "one", "two", "one"}), boost::test_tools::per_element());
  const auto all = subject.entries_of("latest").items;
  BOOST_TEST(subject.entries_of("latest", {.name = label("x"), .since = all[2].at}).items.size() ==
             2U);
  BOOST_TEST(
    subject.entries_of("latest", {.name = label("x"), .before = all[0].at, .since = all[3].at})
      .items.size() == 2U);
  BOOST_TEST(
    subject.entries_of("latest", {.name = label("x"), .target = subject.two->id()}).items.size() ==
    2U);
  BOOST_TEST(
    subject.entries_of("latest", {.name = label("x"), .target = absent_digest()}).items.empty());
  BOOST_TEST(subject.entries_of("latest", {.name = label("x"), .limit = 0}).items.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(history_outlives_the_content_of_its_repository, Subject,
                              contract_engines) {
  remembering<Subject> subject;
  auto& metadata = subject.engine->metadata();
  subject.tag_as(subject.one, {"latest"});
  delete_manifest(*subject.store, subject.one->id()).value();
  subject.store.reset();
  BOOST_TEST(catalog_of(*subject.engine).empty());
  BOOST_TEST(answer_of(metadata, &metadata_engine::contains, name("library/app")).value());
  collect(*subject.engine).value();
  subject.store = metadata.open(name("library/app"));
  BOOST_TEST(subject.told("latest") == (texts{"delete one>-", "push ->one"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_clearing_forgets_the_history, Subject, contract_engines) {
  remembering<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  const auto before = subject.entries_of("latest").items.front().sequence;
  clear(*subject.engine);
  subject.store = subject.engine->metadata().open(name("library/app"));
  BOOST_TEST(subject.told("latest").empty());
  subject.tag_as(subject.two, {"latest"});
  BOOST_TEST(subject.told("latest") == texts{"push ->two"}, boost::test_tools::per_element());
  // A reader that went on from a number must not miss what came after the clearing.
  BOOST_TEST(subject.entries_of("latest").items.front().sequence > before);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_clearing_of_some_repositories_forgets_theirs, Subject,
                              contract_engines) {
  remembering<Subject> subject;
  const auto other = subject.engine->metadata().open(name("team/app"));
  put(*other, subject.two, labels({"latest"})).value();
  subject.tag_as(subject.one, {"latest"});
  const auto before = subject.entries_of("latest").items.front().sequence;
  subject.store.reset();
  answer_of(subject.engine->upkeep(), &upkeep_engine::clear_within, name("library")).value();
  subject.store = subject.engine->metadata().open(name("library/app"));
  BOOST_TEST(subject.told("latest").empty());
  subject.tag_as(subject.one, {"latest"});
  BOOST_TEST(subject.entries_of("latest").items.front().sequence > before);
  subject.store = other;
  BOOST_TEST(subject.told("latest") == texts{"push ->two"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_collection_keeps_the_young_and_the_last, Subject,
                              contract_engines) {
  remembering<Subject> subject;
  const gc_policy policy{.history = {.keep = 24h, .per_tag = 2}};
  for (int i = 0; i < 4; ++i)
    subject.tag_as(i % 2 == 0 ? subject.one : subject.two, {"latest"});
  put(*subject.store, subject.three).value(); // without a tag
  BOOST_TEST(collect(*subject.engine, policy).value().history == 0U);
  subject.now += 25h;
  subject.tag_as(subject.three, {"latest"});
  auto dry = policy;
  dry.dry_run = true;
  collect(*subject.engine, dry).value();
  BOOST_TEST(subject.told("latest").size() == 5U);
  // Three of the tag are older than the last two, and the one without a tag.
  BOOST_TEST(collect(*subject.engine, policy).value().history == 4U);
  BOOST_TEST(subject.told("latest") == (texts{"move two>three", "move one>two"}),
             boost::test_tools::per_element());
  BOOST_TEST(collect(*subject.engine, policy).value().history == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
