// The promises of storage/api about repositories by name, for every engine.
#include "storage/api/answer_of.hpp"
#include "storage/engine_contract.hpp"
#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(catalog_contract)

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

BOOST_AUTO_TEST_CASE_TEMPLATE(a_link_makes_a_repository_but_no_catalog_entry, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto id = subject.add_blob("bytes");
  BOOST_TEST(
    answer_of(subject.engine->metadata(), &metadata_engine::contains, name("library/app")).value());
  BOOST_TEST(answer_of(subject.engine->metadata(), &metadata_engine::repository_count).value() ==
             0U);
  unlink(*subject.store, id).value();
  BOOST_TEST(!answer_of(subject.engine->metadata(), &metadata_engine::contains, name("library/app"))
                .value());
}

// case 40
BOOST_AUTO_TEST_CASE_TEMPLATE(a_repository_without_manifests_leaves_the_catalog, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto value = image({});
  const auto id = subject.add_blob("bytes");
  put(*subject.store, value).value();
  BOOST_TEST(answer_of(*subject.store, &repository_store::has_manifests).value());
  BOOST_TEST(catalog_of(*subject.engine) == texts{"library/app"}, boost::test_tools::per_element());
  delete_manifest(*subject.store, value->id()).value();
  BOOST_TEST(!answer_of(*subject.store, &repository_store::has_manifests).value());
  BOOST_TEST(catalog_of(*subject.engine).empty());
  BOOST_TEST(
    answer_of(subject.engine->metadata(), &metadata_engine::contains, name("library/app")).value());
  unlink(*subject.store, id).value();
  forget_history(*subject.engine);
  BOOST_TEST(!answer_of(subject.engine->metadata(), &metadata_engine::contains, name("library/app"))
                .value());
}

// cases 32, 34, 36, 37
BOOST_AUTO_TEST_CASE_TEMPLATE(the_catalog_comes_in_pages_sorted_bytewise, Subject,
                              contract_engines) {
  Subject subject;
  auto& metadata = subject.engine->metadata();
  for (const auto* text : {"b", "a/b", "a-b", "a"})
    put(*metadata.open(name(text)), image({})).value();
  BOOST_TEST(answer_of(metadata, &metadata_engine::repository_count).value() == 4U);
  BOOST_TEST(catalog_of(*subject.engine) == (texts{"a", "a-b", "a/b", "b"}),
             boost::test_tools::per_element());
  const auto first =
    answer_of(metadata, &metadata_engine::list_repositories, page_request{.limit = 2, .last = {}})
      .value();
  BOOST_REQUIRE(first.items.size() == 2U);
  BOOST_TEST(first.items.back().to_string() == "a-b");
  BOOST_TEST(first.more);
  const auto second = answer_of(metadata, &metadata_engine::list_repositories,
                                page_request{.limit = 2, .last = "a-b"})
                        .value();
  BOOST_REQUIRE(second.items.size() == 2U);
  BOOST_TEST(second.items.front().to_string() == "a/b");
  BOOST_TEST(!second.more);
  BOOST_TEST(answer_of(metadata, &metadata_engine::list_repositories,
                       page_request{.limit = 5, .last = "No name"})
               .value()
               .items.size() == 4U);
  const auto none =
    answer_of(metadata, &metadata_engine::list_repositories, page_request{.limit = 0, .last = {}})
      .value();
  BOOST_TEST(none.items.empty());
  BOOST_TEST(!none.more);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_repository_keeps_everything_while_it_is_not_open, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto config = subject.add_blob("config");
  const auto value = image({.blobs = {config}, .subject = absent_digest()});
  put(*subject.store, value, labels({"latest"})).value();
  subject.store.reset();
  subject.now += 1h;
  subject.store = subject.engine->metadata().open(name("library/app"));
  BOOST_TEST(
    answer_of(*subject.store, &repository_store::find_manifest, label("latest")).value()->id() ==
    value->id());
  BOOST_TEST(read(*answer_of(*subject.store, &repository_store::find_blob, config).value()) ==
             "config");
  BOOST_TEST(subject.referrers_of(absent_digest()).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clear_forgets_everything, Subject, contract_engines) {
  repository<Subject> subject;
  const auto config = subject.add_blob("config");
  publish(*subject.engine, "only leased", subject.now + 1h);
  put(*subject.store, image({.blobs = {config}}), labels({"latest"})).value();
  subject.store.reset();
  clear(*subject.engine);
  BOOST_TEST(used_bytes(*subject.engine) == 0U);
  BOOST_TEST(catalog_of(*subject.engine).empty());
  BOOST_TEST(answer_of(subject.engine->metadata(), &metadata_engine::repository_count).value() ==
             0U);
  BOOST_TEST(!answer_of(subject.engine->metadata(), &metadata_engine::contains, name("library/app"))
                .value());
  BOOST_TEST(code_of(answer_of(subject.engine->blobs(), &blob_engine::find, config)) ==
             errc::blob_unknown);
  BOOST_TEST(code_of(answer_of(subject.engine->blobs(), &blob_engine::find,
                               digest::of("only leased"))) == errc::blob_unknown);
  subject.store = subject.engine->metadata().open(name("library/app"));
  BOOST_TEST(tags_of(*subject.store).empty());
  BOOST_TEST(subject.add_blob("config") == config);
  BOOST_TEST(put_checked(*subject.store, image({.blobs = {config}})).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_part_is_cleared_and_the_rest_stays, Subject, contract_engines) {
  Subject subject;
  auto& engine = *subject.engine;
  const auto shared = publish(engine, test::content(40'000), subject.now + 1h);
  const auto value = image({.blobs = {shared->id()}, .subject = absent_digest()});
  const auto names = {"team", "team/app", "team/app/deep", "team-a", "team0", "teams", "a/team"};
  for (const auto* text : names) {
    const auto store = engine.metadata().open(name(text));
    link(*store, shared).value();
    link(*store, publish(engine, text, subject.now + 1h)).value();
    put(*store, value, labels({"latest"})).value();
  }
  answer_of(engine.upkeep(), &upkeep_engine::clear_within, name("team")).value();
  BOOST_TEST(catalog_of(engine) == (texts{"a/team", "team-a", "team0", "teams"}),
             boost::test_tools::per_element());
  BOOST_TEST(answer_of(engine.metadata(), &metadata_engine::repository_count).value() == 4U);
  for (const auto* text : {"team", "team/app", "team/app/deep"}) {
    BOOST_TEST(!answer_of(engine.metadata(), &metadata_engine::contains, name(text)).value());
    const auto store = engine.metadata().open(name(text));
    BOOST_TEST(tags_of(*store).empty());
    BOOST_TEST(code_of(answer_of(*store, &repository_store::find_blob, shared->id())) ==
               errc::blob_unknown);
    BOOST_TEST(code_of(answer_of(*store, &repository_store::find_manifest, value->id())) ==
               errc::manifest_unknown);
    BOOST_TEST(
      answer_of(*store, &repository_store::list_referrers, absent_digest(), referrers_query{})
        .value()
        .items.empty());
  }
  for (const auto* text : {"a/team", "team-a", "team0", "teams"}) {
    const auto store = engine.metadata().open(name(text));
    BOOST_TEST(tags_of(*store) == texts{"latest"}, boost::test_tools::per_element());
    BOOST_TEST(read(*answer_of(*store, &repository_store::find_blob, shared->id()).value()) ==
               test::content(40'000));
  }
  const auto again = engine.metadata().open(name("team"));
  link(*again, shared).value();
  BOOST_TEST(put_checked(*again, value, labels({"2"})).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cleared_part_gives_its_bytes_back, Subject, contract_engines) {
  repository<Subject> subject;
  put(*subject.store, image({.blobs = {subject.add_blob("stays")}}), labels({"1"})).value();
  const auto used = used_bytes(*subject.engine);
  {
    const auto store = subject.engine->metadata().open(name("team/app"));
    link(*store, publish(*subject.engine, test::content(50'000), subject.now + 1min)).value();
    put(*store, image({.note = "x"}), labels({"1", "2"})).value();
  }
  answer_of(subject.engine->upkeep(), &upkeep_engine::clear_within, name("team")).value();
  subject.now += 2h;
  collect(*subject.engine).value();
  subject.now += 2h;
  collect(*subject.engine).value();
  BOOST_TEST(used_bytes(*subject.engine) == used);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_found_before_a_clear_is_not_linked_after, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto config = subject.add_blob("config");
  const auto found = answer_of(*subject.store, &repository_store::find_blob, config).value();
  clear(*subject.engine);
  const auto fresh = subject.engine->metadata().open(name("library/app"));
  BOOST_TEST(code_of(link(*fresh, found)) == errc::blob_unknown);
  BOOST_TEST(code_of(answer_of(*fresh, &repository_store::find_blob, config)) ==
             errc::blob_unknown);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_store_from_before_a_clear_does_not_change_the_new_contents, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto config = subject.add_blob("config");
  put(*subject.store, image({.blobs = {config}}), labels({"old"})).value();
  clear(*subject.engine);

  const auto fresh = subject.engine->metadata().open(name("library/app"));
  BOOST_TEST(tags_of(*fresh).empty());
  BOOST_TEST(code_of(answer_of(*fresh, &repository_store::find_blob, config)) ==
             errc::blob_unknown);
  put(*fresh, image({.note = "fresh"}), labels({"new"})).value();
  // Engines may either accept or refuse these writes of the old store.
  std::ignore = put(*subject.store, image({.note = "late"}), labels({"late"}));
  std::ignore = delete_manifest(*subject.store, image({.note = "late"})->id());
  std::ignore = delete_manifest(*subject.store, image({.note = "fresh"})->id());
  std::ignore = delete_tag(*subject.store, "new");
  std::ignore = unlink(*subject.store, config);
  subject.store.reset();
  BOOST_TEST(tags_of(*fresh) == texts{"new"}, boost::test_tools::per_element());
  BOOST_TEST(catalog_of(*subject.engine) == texts{"library/app"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(repositories_are_written_while_the_catalog_is_read, Subject,
                              contract_engines) {
  Subject subject;
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const auto repository_name = name("r" + std::to_string(t) + "/" + std::to_string(i % 10));
        const auto value = image({.note = std::to_string(i)});
        const auto store = subject.engine->metadata().open(repository_name);
        wrong += !put(*store, value, labels({"latest"}));
        wrong += !answer_of(subject.engine->metadata(), &metadata_engine::contains, repository_name)
                    .value();
        if (i % 2 == 0)
          wrong += !delete_manifest(*store, value->id());
      }
    });
  }
  std::thread reader{[&] {
    while (!done) {
      const auto listed = catalog_of(*subject.engine);
      wrong += !std::ranges::is_sorted(listed);
    }
  }};
  for (auto& thread : threads)
    thread.join();
  done = true;
  reader.join();
  BOOST_TEST(wrong == 0);
  // The last operation deleted the even ones and put the odd ones.
  BOOST_TEST(answer_of(subject.engine->metadata(), &metadata_engine::repository_count).value() ==
             15U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(metadata_above_the_limit_is_refused_and_the_rest_stays, Subject,
                              engines_that<&capabilities::is_bounded>) {
  repository<Subject> subject{30'000U};
  const auto small = image({});
  put(*subject.store, small, labels({"latest"})).value();
  const auto used = used_bytes(*subject.engine);
  const auto big = image({.note = std::string(30'000, 'x')});
  BOOST_TEST(code_of(put(*subject.store, big, labels({"latest", "big"}))) ==
             errc::insufficient_storage);
  BOOST_TEST(used_bytes(*subject.engine) <= used); // its history made room in vain
  BOOST_TEST(tags_of(*subject.store) == texts{"latest"}, boost::test_tools::per_element());
  BOOST_TEST(
    answer_of(*subject.store, &repository_store::find_manifest, label("latest")).value()->id() ==
    small->id());
  BOOST_TEST(put(*subject.store, small, labels({"again"})).has_value());
  // case 128: existing content takes no further room.
  const auto filling = image({.note = std::string(7'000, 'x')});
  put(*subject.store, filling).value();
  BOOST_TEST(put(*subject.store, filling).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(all_manifests_of_a_repository_come_in_pages, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto other = subject.engine->metadata().open(name("other"));
  std::set<std::string> all;
  for (unsigned each = 0; each < 7; ++each) {
    const auto value = image({.note = std::to_string(each)});
    put(*subject.store, {.value = value, .tags = each == 0 ? labels({"v1"}) : labels({})}).value();
    all.insert(value->id().to_string());
  }
  put(*other, image({.note = "other"})).value();
  for (const std::size_t limit : {1, 3, 7, 8}) {
    std::set<std::string> seen;
    page_request next{limit, {}};
    for (bool more = true; more;) {
      const auto listed =
        answer_of(*subject.store, &repository_store::list_manifests, next).value();
      BOOST_TEST(listed.items.size() <= limit);
      for (const auto& each : listed.items)
        BOOST_TEST(seen.insert(each.to_string()).second);
      more = listed.more;
      if (more)
        next.last = listed.items.back().to_string();
    }
    BOOST_TEST(seen == all, boost::test_tools::per_element());
  }
  for (const page_request& none : {page_request{0, {}}, page_request{5, "no digest/at all"}})
    BOOST_TEST(
      answer_of(*subject.store, &repository_store::list_manifests, none).value().items.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tags_are_listed_with_their_targets, Subject, contract_engines) {
  repository<Subject> subject;
  const auto one = image({.note = "one"});
  const auto two = image({.note = "two"});
  const auto by = std::make_shared<const changer>(changer{"alice", "", "127.0.0.1"});
  put(*subject.store, {.value = one, .tags = labels({"a", "b"})}).value();
  subject.now += 1s;
  put(*subject.store, {.value = two, .tags = labels({"b"}), .by = by}).value();
  const auto list = [&](const page_request& request) {
    return answer_of(*subject.store, &repository_store::list_tag_states, request).value();
  };
  const auto first = list({1, {}});
  BOOST_REQUIRE(first.items.size() == 1U);
  BOOST_TEST(first.more);
  BOOST_TEST(first.items.front().name.to_string() == "a");
  BOOST_TEST(first.items.front().target.to_string() == one->id().to_string());
  BOOST_TEST((first.items.front().since == subject.now - 1s));
  BOOST_TEST((first.items.front().by == nullptr));
  const auto second = list({1, "a"});
  BOOST_REQUIRE(second.items.size() == 1U);
  BOOST_TEST(!second.more);
  BOOST_TEST(second.items.front().target.to_string() == two->id().to_string());
  BOOST_TEST((second.items.front().since == subject.now));
  BOOST_REQUIRE((second.items.front().by != nullptr));
  BOOST_TEST((*second.items.front().by == *by));
  BOOST_TEST(list({0, {}}).items.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_store_aside_reads_what_was_written_since, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto aside = subject.engine->metadata().open_aside(name("library/app"));
  for (const auto* note : {"one", "two"}) {
    const auto value = image({.note = note});
    put(*subject.store, {.value = value, .tags = labels({"v1"})}).value();
    for (const auto& wanted : {reference{label("v1")}, reference{value->id()}})
      BOOST_TEST(
        answer_of(*aside, &repository_store::find_manifest, wanted).value()->id().to_string() ==
        value->id().to_string());
  }
}

BOOST_AUTO_TEST_SUITE_END()
