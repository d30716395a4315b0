// Copies, deletions and new names of whole repositories.
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

std::vector<manifest_write> copies_of(const std::vector<manifest_ptr>& values,
                                      std::string_view last_tag = {}) {
  std::vector<manifest_write> writes;
  for (const auto& each : values)
    writes.push_back({.value = each, .is_copied = true});
  if (!last_tag.empty())
    writes.back().tags = labels({last_tag});
  return writes;
}

/// `library/app` with an index `both` of two images, tagged `1`; and the empty `team/app`.
template <class Subject>
struct two_repositories : repository<Subject> {
  digest layer = this->add_blob("a layer");
  manifest_ptr one = image({.blobs = {layer}, .note = "one"});
  manifest_ptr two = image({.note = "two"});
  manifest_ptr both = index({one->id(), two->id()});
  std::vector<manifest_ptr> all{one, two, both};
  std::shared_ptr<repository_store> other = open("team/app");

  two_repositories() {
    for (const auto& each : {one, two})
      put(*this->store, each).value();
    put(*this->store, both, labels({"1"})).value();
    this->now += 1s;
  }

  std::shared_ptr<repository_store> open(std::string_view text) {
    return this->engine->metadata().open(name(text));
  }

  result<change_summary> copy(std::vector<manifest_write> writes,
                              std::string_view from = "library/app") {
    return answer_of(*other, &repository_store::copy_manifests,
                     manifest_copy{name(from), std::move(writes)});
  }

  result<change_summary> remove(repository_store& from, remains leaves = remains::nothing) {
    this->now += 1s;
    return answer_of(from, &repository_store::delete_manifests, removal{.leaves = leaves});
  }

  result<std::vector<history_entry>> undo(repository_store& where, std::uint64_t change) {
    this->now += 1s;
    return answer_of(where, &repository_store::undo,
                     undo_request{.what = undo_change{change}, .how = {.leaves = remains::kept}});
  }

  result<void> rename(std::string_view from, std::string_view to,
                      std::vector<std::string> immutable = {}) {
    return answer_of(this->engine->metadata(), &metadata_engine::rename, name(from), name(to),
                     std::make_shared<const tag_patterns>(std::move(immutable)));
  }

  change_page changes_after(std::uint64_t number) {
    return answer_of(this->engine->metadata(), &metadata_engine::list_changes,
                     change_query{.after = number})
      .value();
  }
};

bool has(const repository_store& where, const manifest_ptr& value) {
  return answer_of(where, &repository_store::find_manifest, reference{value->id()}).has_value();
}

bool links(const repository_store& where, const digest& id) {
  return answer_of(where, &repository_store::find_blob, id).has_value();
}

texts history_of(const repository_store& where) {
  texts lines;
  const auto listed = answer_of(where, &repository_store::list_history, history_query{}).value();
  for (const auto& each : listed.items)
    lines.push_back(std::string{to_string(each.kind)} +
                    (each.name ? ' ' + each.name->to_string() : ""));
  return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(bulk_contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_image_is_copied_with_what_it_needs, Subject, contract_engines) {
  two_repositories<Subject> subject;
  const auto bytes = used_bytes(*subject.engine);
  const auto made = subject.copy(copies_of(subject.all, "prod")).value();
  BOOST_TEST(made.manifests == 3U);
  BOOST_TEST(made.tags == 1U);
  for (const auto& each : subject.all)
    BOOST_TEST(has(*subject.other, each));
  BOOST_TEST(links(*subject.other, subject.layer));
  BOOST_TEST(tags_of(*subject.other) == texts{"prod"}, boost::test_tools::per_element());
  BOOST_TEST(history_of(*subject.other) == (texts{"copy prod", "copy", "copy"}),
             boost::test_tools::per_element());
  // Its blobs stay when the repository that it came from goes.
  subject.remove(*subject.store).value();
  collect(*subject.engine, {.grace = 0ms, .ignore_leases = true}).value();
  BOOST_TEST(links(*subject.other, subject.layer));
  BOOST_TEST(!links(*subject.store, subject.layer));
  if constexpr (Subject::can.is_durable)
    BOOST_TEST(used_bytes(*subject.engine) <= bytes);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_that_changes_nothing_is_no_change, Subject, contract_engines) {
  two_repositories<Subject> subject;
  subject.copy(copies_of(subject.all, "prod")).value();
  BOOST_TEST((subject.copy(copies_of(subject.all, "prod")).value() == change_summary{}));
  BOOST_TEST((subject.copy({}).value() == change_summary{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_is_taken_back_whole, Subject, contract_engines) {
  two_repositories<Subject> subject;
  const auto made = subject.copy(copies_of(subject.all, "prod")).value();
  BOOST_TEST(subject.undo(*subject.other, made.change).value().size() == 3U);
  BOOST_TEST(tags_of(*subject.other).empty());
  BOOST_TEST(!has(*subject.other, subject.one));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tag_is_promoted_and_returns, Subject, contract_engines) {
  two_repositories<Subject> subject;
  put(*subject.other, subject.two, labels({"prod"})).value();
  subject.now += 1s;
  const auto made = subject.copy(copies_of({subject.one}, "prod")).value();
  BOOST_TEST(made.tags == 1U);
  const auto undone = subject.undo(*subject.other, made.change).value();
  BOOST_TEST(undone.size() == 1U);
  BOOST_TEST((undone.front().after == subject.two->id()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_is_all_or_nothing, Subject, contract_engines) {
  two_repositories<Subject> subject;
  auto gone = image({.note = "gone"});
  BOOST_TEST((code_of(subject.copy(copies_of({subject.one, gone}))) == errc::manifest_unknown));
  BOOST_TEST(!has(*subject.other, subject.one));
  BOOST_TEST(!links(*subject.other, subject.layer));
  BOOST_TEST(
    (code_of(subject.copy(copies_of({subject.one}), "no/such")) == errc::manifest_unknown));
  put(*subject.other, subject.two, labels({"prod"})).value();
  auto writes = copies_of({subject.one}, "prod");
  writes.back().immutable_tags = labels({"prod"});
  BOOST_TEST((code_of(subject.copy(std::move(writes))) == errc::tag_immutable));
  BOOST_TEST(!has(*subject.other, subject.one));
  auto beyond = copies_of({subject.one});
  beyond.front().max_repositories = 1;
  const auto third = subject.open("third");
  BOOST_TEST(
    (code_of(answer_of(*third, &repository_store::copy_manifests,
                       manifest_copy{name("library/app"), beyond})) == errc::quota_reached));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_within_a_repository_is_a_tag, Subject, contract_engines) {
  two_repositories<Subject> subject;
  const auto made = answer_of(*subject.store, &repository_store::copy_manifests,
                              manifest_copy{name("library/app"), copies_of(subject.all, "2")})
                      .value();
  BOOST_TEST(made.manifests == 0U);
  BOOST_TEST(tags_of(*subject.store) == (texts{"1", "2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_repository_is_deleted_and_returns, Subject, contract_engines) {
  two_repositories<Subject> subject;
  const auto made = subject.remove(*subject.store, remains::kept).value();
  BOOST_TEST(made.manifests == 3U);
  BOOST_TEST(made.tags == 1U);
  BOOST_TEST(catalog_of(*subject.engine).empty());
  BOOST_TEST((subject.remove(*subject.store, remains::kept).value() == change_summary{}));
  BOOST_TEST(subject.undo(*subject.store, made.change).value().size() == 4U);
  BOOST_TEST(tags_of(*subject.store) == texts{"1"}, boost::test_tools::per_element());
  for (const auto& each : subject.all)
    BOOST_TEST(has(*subject.store, each));
  BOOST_TEST(links(*subject.store, subject.layer));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_purged_repository_is_gone, Subject, contract_engines) {
  two_repositories<Subject> subject;
  const auto made = subject.remove(*subject.store, remains::kept).value();
  subject.remove(*subject.store, remains::purged).value();
  BOOST_TEST((code_of(subject.undo(*subject.store, made.change)) == errc::undo_refused));
  BOOST_TEST(!links(*subject.store, subject.layer));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(immutable_tags_keep_their_repository, Subject, contract_engines) {
  two_repositories<Subject> subject;
  subject.store->protect(std::make_shared<const tag_patterns>(std::vector<std::string>{"1*"}));
  BOOST_TEST((code_of(subject.remove(*subject.store)) == errc::tag_immutable));
  BOOST_TEST((code_of(subject.rename("library/app", "team/app", {"1*"})) == errc::tag_immutable));
  BOOST_TEST(has(*subject.store, subject.both));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_renamed_repository_has_all_that_it_had, Subject, contract_engines) {
  two_repositories<Subject> subject;
  delete_manifest(*subject.store, subject.both->id()).value();
  subject.now += 1s;
  answer_of(*subject.store, &repository_store::delete_manifest, subject.two->id(),
            removal{.leaves = remains::kept})
    .value();
  const auto before = history_of(*subject.store);
  const auto last = subject.changes_after(after_all_changes).next;
  subject.store.reset();
  subject.other.reset();
  subject.rename("library/app", "team/app").value();
  const auto renamed = subject.open("team/app");
  BOOST_TEST(has(*renamed, subject.one));
  BOOST_TEST(links(*renamed, subject.layer));
  BOOST_TEST(history_of(*renamed) == before, boost::test_tools::per_element());
  BOOST_TEST(answer_of(*renamed, &repository_store::list_removed, page_request{10, {}})
               .value()
               .items.size() == 1U);
  BOOST_TEST(catalog_of(*subject.engine) == texts{"team/app"}, boost::test_tools::per_element());
  BOOST_TEST(subject.changes_after(last).has_gap);
  BOOST_TEST(!has(*subject.open("library/app"), subject.one));
  // And it changes as before.
  put(*renamed, subject.two, labels({"2"})).value();
  BOOST_TEST(history_of(*renamed).front() == "push 2");
  collect(*subject.engine, {.grace = 0ms, .ignore_leases = true}).value();
  BOOST_TEST(links(*renamed, subject.layer));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_name_that_is_taken_is_refused, Subject, contract_engines) {
  two_repositories<Subject> subject;
  subject.copy(copies_of({subject.two}, "1")).value();
  BOOST_TEST((code_of(subject.rename("library/app", "team/app")) == errc::name_taken));
  BOOST_TEST((code_of(subject.rename("library/app", "library/app")) == errc::name_taken));
  BOOST_TEST((code_of(subject.rename("no/such", "third")) == errc::name_unknown));
  subject.remove(*subject.other, remains::kept).value();
  BOOST_TEST((code_of(subject.rename("library/app", "team/app")) == errc::name_taken));
  subject.remove(*subject.other, remains::purged).value();
  subject.store.reset();
  subject.other.reset();
  subject.rename("library/app", "team/app").value();
  const auto renamed = subject.open("team/app");
  BOOST_TEST(tags_of(*renamed) == texts{"1"}, boost::test_tools::per_element());
  BOOST_TEST(has(*renamed, subject.both));
}

BOOST_AUTO_TEST_SUITE_END()
