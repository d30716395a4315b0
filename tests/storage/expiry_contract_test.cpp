// The promises of storage/api about tags that a rule removes, for every engine.
#include "storage/engine_contract.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(expiry_contract)

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using tag_names = std::vector<std::string>;

namespace {

/// The repository `library/app` with tags of its own.
template <class Subject>
struct expiring : repository<Subject> {
  manifest_ptr push(const manifest_ptr& value, std::initializer_list<std::string_view> tags) {
    this->now += 1s;
    put(*this->store, {.value = value, .tags = labels(tags)}).value();
    return value;
  }
  manifest_ptr push(std::string_view note, std::initializer_list<std::string_view> tags) {
    return push(image({.note = std::string{note}}), tags);
  }
  result<change_summary> expire(std::vector<expired_tag> tags, remains leaves = remains::nothing) {
    const expiry what{std::move(tags), {.by = by, .leaves = leaves}};
    return answer_of(*this->store, &repository_store::expire, what);
  }
  bool has(const manifest_ptr& value) {
    return answer_of(*this->store, &repository_store::find_manifest, reference{value->id()})
      .has_value();
  }
  std::vector<history_entry> entries_of(std::uint64_t change) {
    auto all = answer_of(*this->store, &repository_store::list_history, history_query{}).value();
    std::erase_if(all.items, [&](const history_entry& each) { return each.change != change; });
    return std::move(all.items);
  }

  changer_ptr by = std::make_shared<const changer>(changer{"retention", "plan", ""});
};

expired_tag of(std::string_view text, const manifest_ptr& value) {
  return {label(text), value->id()};
}

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(tags_and_what_they_alone_need_go_as_one_change, Subject,
                              contract_engines) {
  expiring<Subject> subject;
  const auto one = subject.push("one", {"v1"});
  const auto two = subject.push("two", {"v2", "latest"});
  const auto made = subject.expire({of("v1", one), of("v2", two)}).value();
  BOOST_TEST(made.tags == 2U);
  BOOST_TEST(made.manifests == 1U);
  BOOST_TEST(tags_of(*subject.store) == (tag_names{"latest"}), boost::test_tools::per_element());
  BOOST_TEST(!subject.has(one));
  BOOST_TEST(subject.has(two));
  const auto entries = subject.entries_of(made.change);
  BOOST_REQUIRE(entries.size() == 3U);
  for (const auto& each : entries) {
    BOOST_TEST((each.kind == change_kind::expire));
    BOOST_TEST((*each.by == *subject.by));
    BOOST_TEST(!each.after.has_value());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_goes_if_a_tag_is_not_as_it_was, Subject, contract_engines) {
  expiring<Subject> subject;
  const auto one = subject.push("one", {"v1"});
  const auto two = subject.push("two", {"v2"});
  BOOST_TEST((code_of(subject.expire({of("v1", one), of("v2", one)})) == errc::plan_outdated));
  BOOST_TEST((code_of(subject.expire({of("v1", one), of("v3", two)})) == errc::plan_outdated));
  BOOST_TEST(tags_of(*subject.store) == (tag_names{"v1", "v2"}), boost::test_tools::per_element());
  BOOST_TEST(subject.has(one));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_immutable_tag_stays_with_the_others, Subject, contract_engines) {
  expiring<Subject> subject;
  const auto one = subject.push("one", {"v1", "release-1"});
  subject.store->protect(
    std::make_shared<const tag_patterns>(std::vector<std::string>{"release-*"}));
  BOOST_TEST(
    (code_of(subject.expire({of("v1", one), of("release-1", one)})) == errc::tag_immutable));
  BOOST_TEST(tags_of(*subject.store).size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(children_go_with_the_last_index_that_names_them, Subject,
                              contract_engines) {
  expiring<Subject> subject;
  const auto shared = subject.push("shared", {});
  const auto own = subject.push("own", {});
  const auto tagged = subject.push("tagged", {"child"});
  const auto old = subject.push(index({shared->id(), own->id(), tagged->id()}), {"old"});
  const auto recent = subject.push(index({shared->id()}), {"recent"});
  BOOST_TEST(subject.expire({of("old", old)}).value().manifests == 2U);
  BOOST_TEST(!subject.has(old));
  BOOST_TEST(!subject.has(own));
  BOOST_TEST(subject.has(shared));
  BOOST_TEST(subject.has(tagged));
  BOOST_TEST(subject.expire({of("recent", recent)}).value().manifests == 2U);
  BOOST_TEST(!subject.has(shared));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_child_loses_its_tag_and_stays_with_its_index, Subject,
                              contract_engines) {
  expiring<Subject> subject;
  const auto child = subject.push("child", {"child"});
  subject.push(index({child->id()}), {"index"});
  BOOST_TEST(subject.expire({of("child", child)}).value().manifests == 0U);
  BOOST_TEST(subject.has(child));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(referrers_go_with_their_subject, Subject, contract_engines) {
  expiring<Subject> subject;
  const auto signed_one = subject.push("image", {"v1"});
  const auto sbom = subject.push(image({.subject = signed_one->id(), .note = "sbom"}), {});
  const auto signature = subject.push(image({.subject = sbom->id(), .note = "signature"}), {});
  const auto named = subject.push(image({.subject = signed_one->id(), .note = "named"}), {"named"});
  BOOST_TEST(subject.expire({of("v1", signed_one)}).value().manifests == 3U);
  BOOST_TEST(!subject.has(sbom));
  BOOST_TEST(!subject.has(signature));
  BOOST_TEST(subject.has(named));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_referrer_without_its_tag_stays_with_its_subject, Subject,
                              contract_engines) {
  expiring<Subject> subject;
  const auto signed_one = subject.push("image", {"v1"});
  const auto named = subject.push(image({.subject = signed_one->id()}), {"named"});
  BOOST_TEST(subject.expire({of("named", named)}).value().manifests == 0U);
  BOOST_TEST(subject.has(named));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_undo_brings_all_of_it_back, Subject, contract_engines) {
  expiring<Subject> subject;
  const auto child = subject.push("child", {});
  const auto value = subject.push(index({child->id()}), {"v1", "v2"});
  const auto sbom = subject.push(image({.subject = value->id()}), {});
  const auto made = subject.expire({of("v1", value), of("v2", value)}, remains::kept).value();
  BOOST_TEST(made.manifests == 3U);
  BOOST_TEST(tags_of(*subject.store).empty());
  const undo_request undo{.what = undo_change{made.change}};
  BOOST_TEST(answer_of(*subject.store, &repository_store::undo, undo).value().size() == 5U);
  BOOST_TEST(tags_of(*subject.store) == (tag_names{"v1", "v2"}), boost::test_tools::per_element());
  for (const auto& each : {child, value, sbom})
    BOOST_TEST(subject.has(each));
  BOOST_TEST(subject.referrers_of(value->id()).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_to_remove_is_no_change, Subject, contract_engines) {
  expiring<Subject> subject;
  subject.push("one", {"v1"});
  BOOST_TEST((subject.expire({}).value() == change_summary{}));
}

BOOST_AUTO_TEST_SUITE_END()
