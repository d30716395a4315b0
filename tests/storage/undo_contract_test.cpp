// What engines take back, and what they keep for that.
#include "storage/engine_contract.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

/// A repository whose deleted manifests are kept, with the images `one` and `two`, and an index of
/// both.
template <class Subject>
struct undoing : repository<Subject> {
  static constexpr std::string_view layer_bytes = "a layer";
  digest layer = this->add_blob(layer_bytes);
  manifest_ptr one = image({.blobs = {layer}, .note = "one"});
  manifest_ptr two = image({.note = "two"});
  manifest_ptr both = index({one->id(), two->id()});

  void tag_as(const manifest_ptr& value, std::initializer_list<std::string_view> names) {
    this->now += 1s;
    put(*this->store, {.value = value, .tags = labels(names)}).value();
  }

  result<void> remove(const manifest_ptr& value, remains leaves = remains::kept) {
    this->now += 1s;
    return answer_of(*this->store, &repository_store::delete_manifest, value->id(),
                     removal{.leaves = leaves});
  }

  std::uint64_t last_change() {
    const auto listed =
      answer_of(*this->store, &repository_store::list_history, history_query{.limit = 1}).value();
    return listed.items.front().sequence;
  }

  /// Undoes the last change, and says what that did, the newest first; or why it did not.
  texts undo() { return undo(undo_change{last_change()}); }

  texts undo(decltype(undo_request::what) what) {
    this->now += 1s;
    const auto done =
      answer_of(*this->store, &repository_store::undo,
                undo_request{.what = std::move(what), .how = {.leaves = remains::kept}});
    if (!done)
      return {std::string{to_string(done.error().code)}};
    texts lines;
    for (const auto& each : *done)
      lines.push_back(std::string{to_string(each.kind)} + ' ' +
                      (each.name ? each.name->to_string() + ' ' : "") + note_of(each.before) + '>' +
                      note_of(each.after));
    return lines;
  }

  std::string note_of(const std::optional<digest>& id) const {
    if (!id)
      return "-";
    return *id == one->id() ? "one" : *id == two->id() ? "two" : "both";
  }

  /// What a tag or digest leads to: a note, or `-`.
  std::string at(std::string_view name) {
    const auto found =
      answer_of(*this->store, &repository_store::find_manifest, reference{label(name)});
    return found ? note_of((*found)->id()) : "-";
  }

  bool has(const manifest_ptr& value) {
    return answer_of(*this->store, &repository_store::find_manifest, reference{value->id()})
      .has_value();
  }

  bool has_layer() {
    return answer_of(*this->store, &repository_store::find_blob, layer).has_value();
  }

  std::vector<removed_manifest> kept() {
    return answer_of(*this->store, &repository_store::list_removed, page_request{100, {}})
      .value()
      .items;
  }

  gc_report collect(std::chrono::milliseconds window,
                    std::optional<std::uint64_t> space = std::nullopt) {
    return test::collect(
             *this->engine,
             {.grace = 0ms, .ignore_leases = true, .undo_window = window, .undo_space = space})
      .value();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(undo_contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_move_is_taken_back_and_that_as_well, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.tag_as(subject.two, {"latest"});
  BOOST_TEST(subject.undo() == texts{"move latest two>one"}, boost::test_tools::per_element());
  BOOST_TEST(subject.at("latest") == "one");
  BOOST_TEST(subject.undo() == texts{"move latest one>two"}, boost::test_tools::per_element());
  BOOST_TEST(subject.at("latest") == "two");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_tags_of_one_push_are_one_change, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"a"});
  subject.tag_as(subject.two, {"a", "b"});
  BOOST_TEST(subject.undo() == (texts{"move a two>one", "delete b two>-"}),
             boost::test_tools::per_element());
  BOOST_TEST(subject.at("a") == "one");
  BOOST_TEST(subject.at("b") == "-");
  BOOST_TEST(subject.has(subject.two));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_deleted_tag_returns, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  delete_tag(*subject.store, "latest").value();
  BOOST_TEST(subject.undo() == texts{"undelete latest ->one"}, boost::test_tools::per_element());
  BOOST_TEST(subject.at("latest") == "one");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_deleted_manifest_returns_with_its_tags, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"a", "b"});
  const auto bytes = used_bytes(*subject.engine);
  subject.remove(subject.one).value();
  BOOST_TEST(!subject.has(subject.one));
  BOOST_TEST(subject.undo() == (texts{"undelete a ->one", "undelete b ->one", "undelete ->one"}),
             boost::test_tools::per_element());
  BOOST_TEST(subject.at("a") == "one");
  BOOST_TEST(subject.at("b") == "one");
  BOOST_TEST(subject.kept().empty());
  if constexpr (Subject::can.is_durable)
    BOOST_TEST(used_bytes(*subject.engine) == bytes);
  // And it goes again, to return once more.
  BOOST_TEST(subject.undo().size() == 3U);
  BOOST_TEST(!subject.has(subject.one));
  BOOST_TEST(subject.undo().size() == 3U);
  BOOST_TEST(subject.at("b") == "one");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_index_returns_with_its_children, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {});
  subject.tag_as(subject.two, {});
  subject.tag_as(subject.both, {"latest"});
  subject.remove(subject.both).value();
  const auto change = subject.last_change();
  subject.remove(subject.one).value();
  subject.remove(subject.two, remains::nothing).value();
  BOOST_TEST(subject.undo(undo_change{change}).size() == 3U);
  BOOST_TEST(subject.at("latest") == "both");
  BOOST_TEST(subject.has(subject.one));
  BOOST_TEST(!subject.has(subject.two));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tag_returns_to_a_time, Subject, contract_engines) {
  undoing<Subject> subject;
  const auto begin = subject.now;
  subject.tag_as(subject.one, {"latest"});
  const auto then = subject.now;
  subject.tag_as(subject.two, {"latest"});
  subject.remove(subject.one).value();
  subject.remove(subject.two).value();
  BOOST_TEST(subject.undo(undo_since{label("latest"), begin}) == texts{"undo_refused"},
             boost::test_tools::per_element());
  BOOST_TEST(subject.undo(undo_since{label("latest"), then}) ==
               (texts{"undelete latest ->one", "undelete ->one"}),
             boost::test_tools::per_element());
  BOOST_TEST(subject.at("latest") == "one");
  BOOST_TEST(subject.undo(undo_since{label("latest"), subject.now}).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_manifest_returns_without_its_tags, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  subject.tag_as(subject.two, {"latest"});
  BOOST_TEST(subject.undo(undo_removal{subject.one->id()}) == texts{"undelete ->one"},
             boost::test_tools::per_element());
  BOOST_TEST(subject.has(subject.one));
  BOOST_TEST(subject.at("latest") == "two");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_overtaken_is_refused_whole, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"a", "b"});
  subject.tag_as(subject.two, {"a", "b"});
  const auto change = subject.last_change();
  subject.tag_as(subject.one, {"a"});
  BOOST_TEST(subject.undo(undo_change{change}) == texts{"undo_refused"},
             boost::test_tools::per_element());
  BOOST_TEST(subject.at("a") == "one");
  BOOST_TEST(subject.at("b") == "two");
  BOOST_TEST(subject.undo(undo_change{change + 1000}) == texts{"history_unknown"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_manifest_with_new_tags_is_not_taken_away, Subject,
                              contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {});
  const auto change = subject.last_change();
  subject.tag_as(subject.one, {"latest"});
  BOOST_TEST(subject.undo(undo_change{change}) == texts{"undo_refused"},
             boost::test_tools::per_element());
  BOOST_TEST(subject.at("latest") == "one");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(immutable_tags_stay, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.store->protect(std::make_shared<const tag_patterns>(texts{"latest"}));
  BOOST_TEST(subject.undo() == texts{"tag_immutable"}, boost::test_tools::per_element());
  BOOST_TEST(subject.at("latest") == "one");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_repository_returns_beyond_the_quota, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  const auto other = subject.engine->metadata().open(name("other"));
  put(*other, {.value = subject.two, .tags = labels({"latest"})}).value();
  const auto undo = [&](std::size_t most) {
    return answer_of(
      *subject.store, &repository_store::undo,
      undo_request{.what = undo_change{subject.last_change()}, .max_repositories = most});
  };
  BOOST_TEST(code_of(undo(1)) == errc::quota_reached);
  BOOST_TEST(undo(2).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_nothing_stays_of_cannot_return, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one, remains::nothing).value();
  BOOST_TEST(subject.kept().empty());
  BOOST_TEST(subject.undo() == texts{"undo_refused"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_collection_keeps_what_can_return, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  const auto kept = subject.kept();
  BOOST_REQUIRE(kept.size() == 1U);
  BOOST_TEST((kept.front().id == subject.one->id()));
  BOOST_TEST(kept.front().media_type == subject.one->type().to_string());
  BOOST_TEST(kept.front().size == subject.one->bytes().size());
  BOOST_TEST((kept.front().removed == subject.now));
  const auto report = subject.collect(1h);
  BOOST_TEST(report.kept == 1U);
  BOOST_TEST(report.kept_bytes == subject.one->bytes().size() + subject.layer_bytes.size());
  BOOST_TEST(report.forgotten == 0U);
  BOOST_TEST(subject.undo().size() == 2U);
  BOOST_TEST(subject.has_layer());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(beyond_the_window_it_goes_with_its_blobs, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  subject.now += 1h;
  const auto report = subject.collect(1h);
  BOOST_TEST(report.kept == 0U);
  BOOST_TEST(report.forgotten == 1U);
  BOOST_TEST(subject.undo() == texts{"undo_refused"}, boost::test_tools::per_element());
  BOOST_TEST(!subject.has_layer());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_oldest_deletions_make_room, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"1"});
  subject.tag_as(subject.two, {"2"});
  subject.remove(subject.one).value();
  subject.remove(subject.two).value();
  const auto report = subject.collect(1h, subject.two->bytes().size());
  BOOST_TEST(report.kept == 1U);
  BOOST_TEST(report.kept_bytes == subject.two->bytes().size());
  BOOST_TEST(report.forgotten == 1U);
  const auto kept = subject.kept();
  BOOST_REQUIRE(kept.size() == 1U);
  BOOST_TEST((kept.front().id == subject.two->id()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_what_nothing_else_needs_counts, Subject, contract_engines) {
  undoing<Subject> subject;
  const auto same_layer = image({.blobs = {subject.layer}, .note = "same"});
  put(*subject.store, {.value = same_layer, .tags = labels({"same"})}).value();
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  BOOST_TEST(subject.collect(1h).kept_bytes == subject.one->bytes().size());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_purge_leaves_nothing, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one, remains::purged).value();
  BOOST_TEST(subject.undo() == texts{"undo_refused"}, boost::test_tools::per_element());
  BOOST_TEST(!subject.has_layer());
  BOOST_TEST(code_of(subject.remove(subject.one, remains::purged)) == errc::manifest_unknown);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_purge_ends_what_was_kept, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  BOOST_TEST(subject.has_layer());
  BOOST_TEST(code_of(subject.remove(subject.one)) == errc::manifest_unknown);
  subject.remove(subject.one, remains::purged).value();
  BOOST_TEST(subject.kept().empty());
  BOOST_TEST(!subject.has_layer());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_purge_spares_what_others_need, Subject, contract_engines) {
  undoing<Subject> subject;
  const auto same_layer = image({.blobs = {subject.layer}, .note = "same"});
  put(*subject.store, {.value = same_layer, .tags = labels({"same"})}).value();
  subject.tag_as(subject.one, {"latest"});
  subject.remove(same_layer).value();
  subject.remove(subject.one, remains::purged).value();
  BOOST_TEST(subject.has_layer());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_deleted_blob_ends_what_needs_it, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  unlink(*subject.store, subject.layer).value();
  BOOST_TEST(subject.kept().empty());
  BOOST_TEST(subject.undo() == texts{"undo_refused"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_manifest_that_is_pushed_again_is_as_new, Subject,
                              contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  subject.tag_as(subject.one, {"latest"});
  subject.now += 2h;
  subject.collect(1h);
  BOOST_TEST(subject.at("latest") == "one");
  BOOST_TEST(subject.has_layer());
  subject.remove(subject.one).value();
  BOOST_TEST(subject.kept().size() == 1U);
  BOOST_TEST(subject.undo().size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(deleted_manifests_are_listed_in_pages, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {});
  subject.tag_as(subject.two, {});
  subject.remove(subject.one).value();
  subject.remove(subject.two).value();
  const auto list = [&](std::string last) {
    return answer_of(*subject.store, &repository_store::list_removed,
                     page_request{1, std::move(last)})
      .value();
  };
  const auto first = list({});
  BOOST_REQUIRE(first.items.size() == 1U);
  BOOST_TEST(first.more);
  const auto second = list(first.items.front().id.to_string());
  BOOST_REQUIRE(second.items.size() == 1U);
  BOOST_TEST(!second.more);
  BOOST_TEST((second.items.front().id != first.items.front().id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reset_forgets_what_was_kept, Subject, contract_engines) {
  undoing<Subject> subject;
  subject.tag_as(subject.one, {"latest"});
  subject.remove(subject.one).value();
  clear(*subject.engine);
  subject.store = subject.engine->metadata().open(name("library/app"));
  BOOST_TEST(subject.kept().empty());
  BOOST_TEST(subject.collect(1h).kept == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
