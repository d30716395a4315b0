// The promises of storage/api about manifests, tags, links and referrers, for every engine.
#include "storage/api/answer_of.hpp"
#include "storage/engine_contract.hpp"
#include "storage/test_content.hpp"
#include "support/aborts.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(metadata_contract)

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

template <class Container>
texts sorted(Container items) {
  std::ranges::sort(items);
  return {items.begin(), items.end()};
}

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(opening_a_repository_does_not_create_it, Subject, contract_engines) {
  repository<Subject> subject;
  const auto& metadata = subject.engine->metadata();
  BOOST_TEST(!answer_of(metadata, &metadata_engine::contains, name("library/app")).value());
  BOOST_TEST(!answer_of(*subject.store, &repository_store::has_manifests).value());
  BOOST_TEST(answer_of(metadata, &metadata_engine::repository_count).value() == 0U);
  BOOST_TEST(catalog_of(*subject.engine) == texts{}, boost::test_tools::per_element());
  BOOST_TEST(used_bytes(*subject.engine) < 10'000U); // the open store itself, in memory
  BOOST_TEST(tags_of(*subject.store) == texts{}, boost::test_tools::per_element());
  BOOST_TEST(code_of(answer_of(*subject.store, &repository_store::find_blob, absent_digest())) ==
             errc::blob_unknown);
}

// case 151
BOOST_AUTO_TEST_CASE_TEMPLATE(an_absent_manifest_is_unknown, Subject, contract_engines) {
  repository<Subject> subject;
  put(*subject.store, image({}), labels({"latest"})).value();
  const auto by_tag = answer_of(*subject.store, &repository_store::find_manifest, label("other"));
  BOOST_TEST(code_of(by_tag) == errc::manifest_unknown);
  BOOST_TEST(by_tag.error().detail == "other");
  const auto by_digest =
    answer_of(*subject.store, &repository_store::find_manifest, absent_digest());
  BOOST_TEST(code_of(by_digest) == errc::manifest_unknown);
  BOOST_TEST(by_digest.error().detail == absent_digest().to_string());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_manifest_is_found_by_tag_and_digest, Subject, contract_engines) {
  repository<Subject> subject;
  const auto value = image({});
  BOOST_REQUIRE(put(*subject.store, value, labels({"1", "latest"})).has_value());
  for (const auto& by :
       {reference{label("1")}, reference{label("latest")}, reference{value->id()}}) {
    BOOST_TEST_CONTEXT(to_string(by)) {
      const auto found = answer_of(*subject.store, &repository_store::find_manifest, by);
      BOOST_REQUIRE(found.has_value());
      BOOST_TEST((*found)->bytes() == value->bytes());
      BOOST_TEST((*found)->type().to_string() == value->type().to_string());
    }
  }
}

// case 128
BOOST_AUTO_TEST_CASE_TEMPLATE(a_tag_moves_and_the_manifest_stays, Subject, contract_engines) {
  repository<Subject> subject;
  const auto old = image({.note = "old"});
  const auto fresh = image({.note = "fresh"});
  put(*subject.store, old, labels({"latest", "1"})).value();
  BOOST_REQUIRE(put(*subject.store, fresh, labels({"latest", "2"})).has_value());
  const auto target = [&](std::string_view text) {
    return answer_of(*subject.store, &repository_store::find_manifest, label(text)).value()->id();
  };
  BOOST_TEST(target("latest") == fresh->id());
  BOOST_TEST(target("2") == fresh->id());
  BOOST_TEST(target("1") == old->id());
  BOOST_TEST(answer_of(*subject.store, &repository_store::find_manifest, old->id()).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_manifest_put_again_changes_nothing, Subject, contract_engines) {
  repository<Subject> subject;
  const auto value = image({.subject = absent_digest()});
  put(*subject.store, value, labels({"latest"})).value();
  const auto used = used_bytes(*subject.engine);
  BOOST_TEST(put(*subject.store, value, labels({"latest"})).has_value());
  BOOST_TEST(used_bytes(*subject.engine) == used);
  BOOST_TEST(tags_of(*subject.store) == texts{"latest"}, boost::test_tools::per_element());
  BOOST_TEST(subject.referrers_of(absent_digest()).size() == 1U);
  BOOST_TEST(catalog_of(*subject.engine) == texts{"library/app"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tag_may_be_named_twice, Subject, contract_engines) {
  repository<Subject> subject;
  const auto value = image({});
  const auto used = used_bytes(*subject.engine);
  BOOST_REQUIRE(put(*subject.store, value, labels({"a", "a"})).has_value());
  BOOST_REQUIRE(delete_manifest(*subject.store, value->id()).has_value());
  BOOST_TEST(tags_of(*subject.store).empty());
  forget_history(*subject.engine);
  BOOST_TEST(used_bytes(*subject.engine) == used);
}

// cases 42, 48, 50, 52, 54
BOOST_AUTO_TEST_CASE_TEMPLATE(tags_come_in_pages_sorted_bytewise, Subject, contract_engines) {
  repository<Subject> subject;
  put(*subject.store, image({}), labels({"a", "B", "9", "10", "_"})).value();
  struct {
    page_request request;
    texts expected;
    bool more;
  } const cases[]{
    {{100, ""}, {"10", "9", "B", "_", "a"}, false},
    {{5, ""}, {"10", "9", "B", "_", "a"}, false},
    {{2, ""}, {"10", "9"}, true},
    {{2, "9"}, {"B", "_"}, true},
    {{1, "_"}, {"a"}, false},
    {{2, "a"}, {}, false},
    {{2, "absent"}, {}, false},
    {{2, "8 is no tag"}, {"9", "B"}, true},
    {{0, ""}, {}, false},
  };
  for (const auto& each : cases) {
    BOOST_TEST_CONTEXT(each.request.limit << " after '" << each.request.last << "'") {
      const auto listed =
        answer_of(*subject.store, &repository_store::list_tags, each.request).value();
      texts found;
      for (const auto& item : listed.items)
        found.push_back(item.to_string());
      BOOST_TEST(found == each.expected, boost::test_tools::per_element());
      BOOST_TEST(listed.more == each.more);
    }
  }
}

// case 41
BOOST_AUTO_TEST_CASE_TEMPLATE(a_giant_page_costs_no_more_than_its_entries, Subject,
                              contract_engines) {
  repository<Subject> subject;
  put(*subject.store, image({}), labels({"a"})).value();
  const page_request giant{.limit = std::numeric_limits<std::size_t>::max(), .last = {}};
  BOOST_TEST(answer_of(*subject.store, &repository_store::list_tags, giant).value().items.size() ==
             1U);
  BOOST_TEST(answer_of(subject.engine->metadata(), &metadata_engine::list_repositories, giant)
               .value()
               .items.size() == 1U);
}

// case 59
BOOST_AUTO_TEST_CASE_TEMPLATE(ten_thousand_tags_are_paged_while_others_come_and_go, Subject,
                              contract_engines) {
  repository<Subject> subject;
  std::set<std::string> lasting;
  const auto value = image({});
  std::vector<tag> all;
  for (int i = 0; i < 10'000; ++i) {
    const auto text = "v" + std::to_string(i * 7919 % 10'000);
    lasting.insert(text);
    all.push_back(label(text));
  }
  put(*subject.store, value, all).value();
  texts seen;
  page_request next{.limit = 97, .last = {}};
  for (bool more = true; more;) {
    const auto listed = answer_of(*subject.store, &repository_store::list_tags, next).value();
    more = listed.more;
    for (const auto& each : listed.items)
      seen.push_back(each.to_string());
    next.last = seen.back();
    // One tag is added after the page and one before it; the last tag of the previous page is
    // removed.
    put(*subject.store, value, {label(seen.back() + "-behind"), label("a" + seen.back())}).value();
    delete_tag(*subject.store, seen.back()).value();
  }
  BOOST_TEST(std::ranges::is_sorted(seen));
  BOOST_TEST((std::ranges::adjacent_find(seen) == seen.end()));
  BOOST_TEST(std::ranges::includes(seen, lasting));
}

// cases 136, 137
BOOST_AUTO_TEST_CASE_TEMPLATE(a_checked_manifest_reports_everything_missing, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto present = subject.add_blob("present");
  const auto refused = put_checked(*subject.store,
                                   image({.blobs = {absent_digest(1), present, absent_digest(2),
                                                    absent_digest(3), absent_digest(2)}}),
                                   labels({"latest"}));
  BOOST_REQUIRE(code_of(refused) == errc::manifest_blob_unknown);
  BOOST_TEST(refused.error().detail == absent_digest(1).to_string());
  const texts further{absent_digest(2).to_string(), absent_digest(3).to_string()};
  BOOST_TEST(refused.error().further == further, boost::test_tools::per_element());

  const auto child = image({});
  put(*subject.store, child).value();
  const auto sparse =
    put_checked(*subject.store, index({child->id(), absent_digest(4), absent_digest(4)}));
  BOOST_REQUIRE(code_of(sparse) == errc::manifest_blob_unknown);
  BOOST_TEST(sparse.error().detail == absent_digest(4).to_string());
  BOOST_TEST(sparse.error().further.empty());
}

// case 136
BOOST_AUTO_TEST_CASE_TEMPLATE(an_accepted_manifest_reports_what_is_missing, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto present = subject.add_blob("p");
  const auto answer =
    put(*subject.store, {.value = image({.blobs = {present, absent_digest(1), absent_digest(2)}}),
                         .references = validation_policy::references::warn});
  BOOST_REQUIRE(answer.has_value());
  const std::vector missing{absent_digest(1), absent_digest(2)};
  BOOST_TEST(answer->named == missing, boost::test_tools::per_element());
  BOOST_TEST(!answer->stopped);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_with_a_pending_link_is_not_missing, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto blob = publish(*subject.engine, "p", subject.now + 1min);
  std::promise<result<void>> linked;
  subject.store->link_blob(blob,
                           [&](result<void> outcome) { linked.set_value(std::move(outcome)); });
  const auto answer = put(*subject.store, {.value = image({.blobs = {blob->id()}}),
                                           .references = validation_policy::references::warn});
  BOOST_TEST(linked.get_future().get().has_value());
  BOOST_TEST(answer.value().named.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_manifest_of_very_many_children_is_checked_completely, Subject,
                              contract_engines) {
  repository<Subject> subject;
  std::vector<digest> children;
  for (unsigned i = 0; i < 300; ++i) {
    const auto child = image({.note = std::to_string(i)});
    put(*subject.store, child).value();
    children.push_back(child->id());
  }
  BOOST_TEST(put_checked(*subject.store, index(children)).has_value());
  children.push_back(absent_digest());
  const auto refused = put_checked(*subject.store, index(children));
  BOOST_REQUIRE(code_of(refused) == errc::manifest_blob_unknown);
  BOOST_TEST(refused.error().detail == absent_digest().to_string());
  BOOST_TEST(refused.error().further.empty());
}

// case 141
BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_of_another_size_is_refused, Subject, contract_engines) {
  repository<Subject> subject;
  const auto two_bytes = subject.add_blob("ab");
  manifest_write write{.value = image({.blobs = {two_bytes}}), .check_sizes = true};
  const auto refused = put(*subject.store, write);
  BOOST_REQUIRE(code_of(refused) == errc::manifest_invalid);
  BOOST_TEST(refused.error().detail == two_bytes.to_string() + " has 2 bytes, not 1");
  write.check_sizes = false;
  BOOST_TEST(put(*subject.store, write).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_existing_manifests_are_leased, Subject, contract_engines) {
  repository<Subject> subject;
  const auto value = image({});
  put(*subject.store, value, labels({"1"})).value();
  const auto until = subject.now + 1h;
  BOOST_TEST(answer_of(*subject.store, &repository_store::lease_manifest, value->id(), until)
               .value()
               ->bytes() == value->bytes());
  BOOST_TEST(
    answer_of(*subject.store, &repository_store::lease_manifest, label("1"), until).value()->id() ==
    value->id());
  BOOST_TEST(code_of(answer_of(*subject.store, &repository_store::lease_manifest, absent_digest(),
                               until)) == errc::manifest_unknown);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_refused_manifest_leaves_no_trace, Subject, contract_engines) {
  repository<Subject> subject;
  const auto old = image({});
  put(*subject.store, old, labels({"latest"})).value();
  const auto used = used_bytes(*subject.engine);
  const auto incomplete = image({.blobs = {absent_digest()}, .subject = old->id(), .note = "new"});
  BOOST_REQUIRE(put_checked(*subject.store, incomplete, labels({"latest", "2"})).has_error());
  BOOST_TEST(code_of(answer_of(*subject.store, &repository_store::find_manifest,
                               incomplete->id())) == errc::manifest_unknown);
  BOOST_TEST(
    answer_of(*subject.store, &repository_store::find_manifest, label("latest")).value()->id() ==
    old->id());
  BOOST_TEST(tags_of(*subject.store) == texts{"latest"}, boost::test_tools::per_element());
  BOOST_TEST(subject.referrers_of(old->id()).empty());
  BOOST_TEST(used_bytes(*subject.engine) == used);
}

// case 145
BOOST_AUTO_TEST_CASE_TEMPLATE(an_immutable_tag_keeps_its_manifest, Subject, contract_engines) {
  repository<Subject> subject;
  const auto first = image({.note = "first"});
  const auto put_immutable = [&](manifest_ptr value) {
    manifest_write write{
      .value = std::move(value), .tags = labels({"v1"}), .immutable_tags = labels({"v1"})};
    return put(*subject.store, std::move(write));
  };
  BOOST_TEST(put_immutable(first).has_value());
  BOOST_TEST(put_immutable(first).has_value());
  const auto moved = put_immutable(image({.note = "second"}));
  BOOST_REQUIRE(code_of(moved) == errc::tag_immutable);
  BOOST_TEST(moved.error().detail == "v1");
  BOOST_TEST(
    answer_of(*subject.store, &repository_store::find_manifest, label("v1")).value()->id() ==
    first->id());
}

// An actor submits a write before the previous one has been answered.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_write_is_judged_after_earlier_submissions, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto submit = [&](std::string note) {
    manifest_write write{.value = image({.note = std::move(note)}),
                         .tags = labels({"v1"}),
                         .immutable_tags = labels({"v1"})};
    auto answer = std::make_shared<std::promise<errc>>();
    auto verdict = answer->get_future();
    subject.store->put_manifest(std::move(write),
                                [answer](auto stored) { answer->set_value(code_of(stored)); });
    return verdict;
  };
  auto first = submit("first");
  auto second = submit("second");
  BOOST_TEST(first.get() == errc{});
  BOOST_TEST(second.get() == errc::tag_immutable);
}

// case 148
BOOST_AUTO_TEST_CASE_TEMPLATE(a_quota_of_repositories_stops_new_ones_only, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto put_limited = [&](repository_store& store, std::string note) {
    manifest_write write{.value = image({.note = std::move(note)}), .max_repositories = 1};
    return put(store, std::move(write));
  };
  const auto other = subject.engine->metadata().open(name("other"));
  BOOST_TEST(put_limited(*subject.store, "a").has_value());
  BOOST_TEST(put_limited(*subject.store, "b").has_value());
  BOOST_TEST(code_of(put_limited(*other, "c")) == errc::quota_reached);
  BOOST_TEST(answer_of(subject.engine->metadata(), &metadata_engine::repository_count).value() ==
             1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_linked_blobs_are_found, Subject, contract_engines) {
  repository<Subject> subject;
  const auto id = subject.add_blob("bytes");
  BOOST_TEST(read(*answer_of(*subject.store, &repository_store::find_blob, id).value()) == "bytes");
  BOOST_TEST(code_of(answer_of(*subject.store, &repository_store::find_blob, absent_digest())) ==
             errc::blob_unknown);
  const auto other = subject.engine->metadata().open(name("other"));
  BOOST_TEST(code_of(answer_of(*other, &repository_store::find_blob, id)) == errc::blob_unknown);
}

// cases 138, 139, 143
BOOST_AUTO_TEST_CASE_TEMPLATE(a_checked_manifest_is_stored_if_nothing_is_missing, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto config = subject.add_blob("config");
  const auto layer = subject.add_blob("layer");
  const auto value = image(
    {.blobs = {config, layer}, .foreign_layers = {absent_digest(1)}, .subject = absent_digest(2)});
  BOOST_TEST(put_checked(*subject.store, value).has_value());
  const auto inner = index({value->id()});
  BOOST_TEST(put_checked(*subject.store, inner).has_value());
  BOOST_TEST(put_checked(*subject.store, index({inner->id(), value->id()})).has_value());
  BOOST_TEST(put_checked(*subject.store, index({})).has_value());
}

// case 138
BOOST_AUTO_TEST_CASE_TEMPLATE(content_of_another_repository_does_not_count, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto config = subject.add_blob("config");
  const auto value = image({.blobs = {config}});
  put_checked(*subject.store, value).value();
  const auto other = subject.engine->metadata().open(name("other"));
  BOOST_TEST(code_of(put_checked(*other, value)) == errc::manifest_blob_unknown);
  BOOST_TEST(code_of(put_checked(*other, index({value->id()}))) == errc::manifest_blob_unknown);
  BOOST_TEST(
    !answer_of(subject.engine->metadata(), &metadata_engine::contains, name("other")).value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unchecked_manifest_may_name_absent_content, Subject,
                              contract_engines) {
  repository<Subject> subject;
  BOOST_TEST(put(*subject.store, image({.blobs = {absent_digest()}})).has_value());
  BOOST_TEST(put(*subject.store, index({absent_digest()})).has_value());
}

// cases 26, 82
BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_is_found_only_where_it_is_linked, Subject, contract_engines) {
  repository<Subject> subject;
  const auto id = subject.add_blob("bytes");
  BOOST_TEST(read(*answer_of(*subject.store, &repository_store::find_blob, id).value()) == "bytes");
  const auto other = subject.engine->metadata().open(name("other"));
  const auto found = answer_of(*other, &repository_store::find_blob, id);
  BOOST_TEST(code_of(found) == errc::blob_unknown);
  BOOST_TEST(found.error().detail == id.to_string());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_is_linked_once_however_often_it_is_asked_for, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto id = subject.add_blob("bytes");
  const auto used = used_bytes(*subject.engine);
  BOOST_TEST(
    link(*subject.store, answer_of(*subject.store, &repository_store::find_blob, id).value())
      .has_value());
  BOOST_TEST(used_bytes(*subject.engine) == used);
  BOOST_TEST(unlink(*subject.store, id).has_value());
  BOOST_TEST(code_of(answer_of(*subject.store, &repository_store::find_blob, id)) ==
             errc::blob_unknown);
  BOOST_TEST(code_of(unlink(*subject.store, id)) == errc::blob_unknown);
}

#ifndef NDEBUG
BOOST_AUTO_TEST_CASE_TEMPLATE(a_blob_of_another_engine_is_not_linked, Subject,
                              engines_that<&capabilities::survives_fork>) {
  repository<Subject> subject;
  repository<another_than<Subject>> other;
  const auto foreign = publish(*other.engine, "bytes", other.now + 1min);
  BOOST_TEST(aborts([&] { subject.store->link_blob(foreign, [](const auto&) {}); }));
}
#endif

// case 166
BOOST_AUTO_TEST_CASE_TEMPLATE(unlinking_in_one_repository_leaves_the_other, Subject,
                              contract_engines) {
  repository<Subject> subject;
  const auto id = subject.add_blob("bytes");
  const auto other = subject.engine->metadata().open(name("other"));
  link(*other, answer_of(*subject.store, &repository_store::find_blob, id).value()).value();
  BOOST_TEST(unlink(*subject.store, id).has_value());
  subject.now += 1h;
  publish(*subject.engine, "another", subject.now + 1min);
  BOOST_TEST(read(*answer_of(*other, &repository_store::find_blob, id).value()) == "bytes");
  BOOST_TEST(subject.add_blob("bytes") == id);
  BOOST_TEST(answer_of(*subject.store, &repository_store::find_blob, id).has_value());
}

// cases 160, 161
BOOST_AUTO_TEST_CASE_TEMPLATE(deleting_a_tag_leaves_the_manifest, Subject, contract_engines) {
  repository<Subject> subject;
  const auto value = image({});
  put(*subject.store, value, labels({"1", "latest"})).value();
  BOOST_TEST(delete_tag(*subject.store, "latest").has_value());
  BOOST_TEST(code_of(answer_of(*subject.store, &repository_store::find_manifest,
                               label("latest"))) == errc::manifest_unknown);
  BOOST_TEST(answer_of(*subject.store, &repository_store::find_manifest, label("1")).has_value());
  BOOST_TEST(answer_of(*subject.store, &repository_store::find_manifest, value->id()).has_value());
  BOOST_TEST(code_of(delete_tag(*subject.store, "latest")) == errc::manifest_unknown);
}

// case 162
BOOST_AUTO_TEST_CASE_TEMPLATE(deleting_a_manifest_deletes_its_tags_too, Subject, contract_engines) {
  repository<Subject> subject;
  const auto doomed = image({.note = std::string(5000, 'x')});
  const auto spared = image({.note = "spared"});
  put(*subject.store, doomed, labels({"1", "2", "moved"})).value();
  put(*subject.store, spared, labels({"3", "moved"})).value();
  const auto used_before_delete = used_bytes(*subject.engine);
  BOOST_TEST(delete_manifest(*subject.store, doomed->id()).has_value());
  BOOST_TEST(tags_of(*subject.store) == (texts{"3", "moved"}), boost::test_tools::per_element());
  BOOST_TEST(code_of(answer_of(*subject.store, &repository_store::find_manifest, doomed->id())) ==
             errc::manifest_unknown);
  BOOST_TEST(
    answer_of(*subject.store, &repository_store::find_manifest, label("moved")).value()->id() ==
    spared->id());
  BOOST_TEST(code_of(delete_manifest(*subject.store, doomed->id())) == errc::manifest_unknown);
  BOOST_TEST(used_bytes(*subject.engine) < used_before_delete);
}

// cases 173, 175
BOOST_AUTO_TEST_CASE_TEMPLATE(referrers_are_listed_by_their_subject, Subject, contract_engines) {
  repository<Subject> subject;
  const auto signed_digest = absent_digest();
  texts expected;
  for (int i = 0; i < 20; ++i) {
    const auto value = image({.subject = signed_digest, .note = std::to_string(i)});
    put(*subject.store, value).value();
    expected.push_back(value->id().to_string());
  }
  put(*subject.store, image({.subject = absent_digest(1)})).value();
  put(*subject.store, image({})).value();
  BOOST_TEST(subject.referrers_of(signed_digest) == sorted(expected),
             boost::test_tools::per_element());
  BOOST_TEST(subject.referrers_of(absent_digest(2)).empty());
}

// case 174
BOOST_AUTO_TEST_CASE_TEMPLATE(referrers_are_filtered_and_paged, Subject, contract_engines) {
  repository<Subject> subject;
  std::vector<manifest_ptr> signatures;
  for (int i = 0; i < 6; ++i) {
    const auto note = std::to_string(i);
    signatures.push_back(
      image({.subject = absent_digest(), .artifact_type = "a/signature", .note = note}));
    put(*subject.store, signatures.back()).value();
    put(*subject.store,
        image({.subject = absent_digest(), .artifact_type = "a/sbom", .note = note}))
      .value();
  }
  std::ranges::sort(signatures, {}, &manifest::id);
  referrers_query query{.artifact_types = {"a/signature"}, .last = {}, .max_bytes = 1};
  for (const auto& expected : signatures) {
    const auto listed =
      answer_of(*subject.store, &repository_store::list_referrers, absent_digest(), query).value();
    BOOST_REQUIRE(listed.items.size() == 1U);
    BOOST_TEST(listed.items.front().id == expected->id());
    BOOST_TEST(listed.items.front().artifact_type == "a/signature");
    BOOST_TEST(listed.items.front().entry == expected->referrer_entry());
    BOOST_TEST(listed.more == (expected != signatures.back()));
    query.last = listed.items.front().id;
  }
}

// case 169
BOOST_AUTO_TEST_CASE_TEMPLATE(a_deleted_manifest_leaves_its_subjects_list_but_keeps_its_own,
                              Subject, contract_engines) {
  repository<Subject> subject;
  const auto middle = image({.subject = absent_digest()});
  const auto outer = image({.subject = middle->id()});
  put(*subject.store, middle).value();
  put(*subject.store, outer).value();
  delete_manifest(*subject.store, middle->id()).value();
  BOOST_TEST(subject.referrers_of(absent_digest()).empty());
  BOOST_TEST(subject.referrers_of(middle->id()) == texts{outer->id().to_string()},
             boost::test_tools::per_element());
}

// case 145
BOOST_AUTO_TEST_CASE_TEMPLATE(content_of_an_immutable_tag_stays, Subject, contract_engines) {
  repository<Subject> subject;
  auto& store = *subject.store;
  const auto config = subject.add_blob("config");
  const auto layer = subject.add_blob("layer");
  const auto spare = subject.add_blob("spare");
  const auto value = image({.blobs = {config, layer}});
  const auto inner = index({value->id()});
  const auto outer = index({inner->id()});
  const auto other = image({.blobs = {config, layer, spare}, .note = "other"});
  put(store, value).value();
  put(store, inner).value();
  put(store, outer, labels({"v1"})).value();
  put(store, other, labels({"latest"})).value();
  store.protect(std::make_shared<const tag_patterns>(std::vector<std::string>{"v*"}));
  BOOST_TEST(code_of(delete_tag(store, "v1")) == errc::tag_immutable);
  for (const auto& needed : {outer, inner, value})
    BOOST_TEST(code_of(delete_manifest(store, needed->id())) == errc::tag_immutable);
  for (const auto& needed : {config, layer})
    BOOST_TEST(code_of(unlink(store, needed)) == errc::tag_immutable);
  BOOST_TEST(
    answer_of(store, &repository_store::find_manifest, tag::parse("v1").value()).has_value());
  BOOST_TEST(answer_of(store, &repository_store::find_blob, layer).has_value());
  // Content that it does not need may be deleted; absent content is unknown.
  BOOST_TEST(unlink(store, spare).has_value());
  BOOST_TEST(delete_manifest(store, other->id()).has_value());
  BOOST_TEST(code_of(delete_tag(store, "v2")) == errc::manifest_unknown);
  BOOST_TEST(code_of(delete_manifest(store, other->id())) == errc::manifest_unknown);
  BOOST_TEST(code_of(unlink(store, spare)) == errc::blob_unknown);
  // Without the pattern everything may be deleted.
  store.protect(std::make_shared<const tag_patterns>());
  BOOST_TEST(delete_manifest(store, value->id()).has_value());
  BOOST_TEST(unlink(store, layer).has_value());
  BOOST_TEST(delete_tag(store, "v1").has_value());
}

// case 145
BOOST_AUTO_TEST_CASE_TEMPLATE(an_immutable_manifest_keeps_its_bytes, Subject, contract_engines) {
  repository<Subject> subject;
  const auto id = digest::parse_lenient("sha256:made-up").value();
  const auto first = std::make_shared<const manifest>(manifest::accept("{}", {}, id));
  const auto second = std::make_shared<const manifest>(manifest::accept("{ }", {}, id));
  put(*subject.store, first, labels({"v1"})).value();
  subject.store->protect(std::make_shared<const tag_patterns>(std::vector<std::string>{"v*"}));
  BOOST_TEST(code_of(put(*subject.store, second)) == errc::tag_immutable);
  BOOST_TEST(put(*subject.store, first).has_value());
  BOOST_TEST(answer_of(*subject.store, &repository_store::find_manifest, id).value()->bytes() ==
             "{}");
}

BOOST_AUTO_TEST_SUITE_END()
