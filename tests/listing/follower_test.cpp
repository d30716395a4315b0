// The index says what the engine holds, however it came to know.
#include "listing/content.hpp"
#include "listing/pull_rows.hpp"
#include "listing/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace gantry;
using namespace gantry::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(follower)

namespace {

const digest nothing = digest::of(std::string_view{});

/// Some repositories whose content changes at random, by all kinds of writes.
template <class Subject>
struct random_content : Subject {
  explicit random_content(unsigned seed) : dice{seed} {
    for (unsigned each = 0; each < 6; ++each)
      blobs.push_back(publish(*this->engine, test::content(100 + each, each), this->now + 1h));
  }

  std::size_t roll(std::size_t sides) { return dice() % sides; }

  repository_store& some_repository() {
    const std::vector<std::string> names{"app", "team/app", "team/base"};
    auto& store = stores[names[roll(names.size())]];
    if (!store)
      store = this->engine->metadata().open(name(names[roll(names.size())]));
    return *store;
  }

  tag some_tag() {
    const auto number = roll(5);
    if (number == 4 && !pushed.empty())
      return label("sha256-" + pushed[roll(pushed.size())].hex() + ".sig");
    return label("v" + std::to_string(number));
  }

  manifest_ptr some_manifest() {
    const auto note = std::to_string(roll(12));
    if (roll(4) == 0 && !pushed.empty())
      return index({pushed[roll(pushed.size())], pushed[roll(pushed.size())]});
    image_parts parts{.blobs = {blobs[roll(2)]->id(), blobs[2 + roll(4)]->id()}, .note = note};
    if (roll(4) == 0 && !pushed.empty()) {
      parts.subject = pushed[roll(pushed.size())];
      parts.artifact_type = roll(2) == 0 ? "application/sbom" : "application/sig";
    }
    return image(parts);
  }

  void change() {
    this->now += 1s;
    auto& store = some_repository();
    switch (roll(8)) {
    case 0: // may name nothing, or what others need
      answer_of(store, &repository_store::delete_tag, some_tag(), changer_ptr{});
      break;
    case 1:
      answer_of(store, &repository_store::delete_manifest,
                pushed.empty() ? nothing : pushed[roll(pushed.size())], removal{});
      break;
    case 2:
      if (roll(6) == 0)
        answer_of(store, &repository_store::delete_manifests, removal{});
      break;
    default: {
      auto value = some_manifest();
      for (const auto& each : blobs)
        link(store, each).value();
      pushed.push_back(value->id());
      manifest_write write{.value = std::move(value), .by = by};
      if (roll(4) > 0)
        write.tags = {some_tag()};
      put(store, std::move(write)).value();
    }
    }
  }

  std::mt19937 dice;
  changer_ptr by = std::make_shared<const changer>(changer{"alice", "", ""});
  std::vector<blob_ptr> blobs;
  std::vector<digest> pushed;
  std::map<std::string, std::shared_ptr<repository_store>> stores;
};

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(following_the_log_and_reading_the_content_agree, Subject,
                              contract_engines) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    random_content<Subject> subject{seed};
    followed_index followed{*subject.engine};
    for (int batch = 0; batch < 12; ++batch) {
      for (auto changes = subject.roll(20); changes > 0; --changes)
        subject.change();
      followed.catch_up();
      followed_index read{*subject.engine};
      read.catch_up();
      BOOST_TEST_CONTEXT("seed " << seed << ", batch " << batch)
      BOOST_TEST(all_in(followed.rows) == all_in(read.rows), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(content_that_was_there_before_is_read, Subject, contract_engines) {
  repository<Subject> subject;
  const auto config = subject.add_blob(config_for("arm64", {{"team", "web"}}));
  const auto value = image({.blobs = {config, subject.add_blob("layer")}, .note = "one"});
  put(*subject.store, {.value = value, .tags = labels({"v1"})}).value();
  forget_history(*subject.engine);
  followed_index followed{*subject.engine};
  followed.catch_up();
  const auto tags = tags_in(followed.rows, "library/app");
  BOOST_REQUIRE(tags.size() == 1U);
  BOOST_TEST(tags.front().platforms == (std::vector<std::string>{"linux/arm64"}),
             boost::test_tools::per_element());
  BOOST_TEST(tags.front().size == value->bytes().size() + 2);
  BOOST_TEST(tags.front().media_type == "application/vnd.oci.image.manifest.v1+json");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cleared_engine_is_read_anew, Subject, contract_engines) {
  repository<Subject> subject;
  put(*subject.store, {.value = image({}), .tags = labels({"v1"})}).value();
  followed_index followed{*subject.engine};
  followed.catch_up();
  BOOST_TEST(repositories_in(followed.rows).size() == 1U);
  clear(*subject.engine);
  followed.catch_up();
  BOOST_TEST(repositories_in(followed.rows).empty());
  put(*subject.engine->metadata().open(name("new")), {.value = image({}), .tags = labels({"v1"})})
    .value();
  followed.catch_up();
  BOOST_TEST(repositories_in(followed.rows).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_renamed_repository_has_its_new_name, Subject, contract_engines) {
  repository<Subject> subject;
  put(*subject.store, {.value = image({}), .tags = labels({"v1"})}).value();
  followed_index followed{*subject.engine};
  followed.catch_up();
  subject.store.reset();
  answer_of(subject.engine->metadata(), &metadata_engine::rename, name("library/app"),
            name("moved"), std::make_shared<const tag_patterns>())
    .value();
  followed.catch_up();
  const auto listed = repositories_in(followed.rows);
  BOOST_REQUIRE(listed.size() == 1U);
  BOOST_TEST(listed.front().name.to_string() == "moved");
}

BOOST_AUTO_TEST_CASE(a_build_that_was_ended_begins_again) {
  repository<memory_subject> subject;
  put(*subject.store, {.value = image({}), .tags = labels({"v1", "v2"})}).value();
  followed_index followed{*subject.engine};
  BOOST_TEST(!followed.follows.catch_up([](std::uint64_t) { return false; }).value());
  BOOST_TEST(!followed.rows.position().is_built);
  followed.catch_up();
  BOOST_TEST(tags_in(followed.rows, "library/app").size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_the_log_has_told_is_not_read_again) {
  repository<memory_subject> subject;
  put(*subject.store, {.value = image({}), .tags = labels({"v1"})}).value();
  followed_index followed{*subject.engine};
  followed.catch_up();
  put(*subject.store, {.value = image({.note = "new"}), .tags = labels({"v2"})}).value();
  std::uint64_t read = 0;
  followed.follows.catch_up([&](std::uint64_t so_far) {
    read = so_far;
    return true;
  });
  BOOST_TEST(read == 0U);
  BOOST_TEST(tags_in(followed.rows, "library/app").size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_index_of_another_past_is_made_anew) {
  disk_subject subject;
  auto store = subject.engine->metadata().open(name("library/app"));
  put(*store, {.value = image({.note = "a"}), .tags = labels({"v1"})}).value();
  listing::database rows{""};
  listing::follower{*subject.engine, rows}.catch_up([](std::uint64_t) { return true; }).value();
  // As after a restored backup: the same numbers mean other changes.
  rows.set_position({.is_built = true, .number = 1, .at = 1});
  put(*store, {.value = image({.note = "b"}), .tags = labels({"v1"})}).value();
  std::uint64_t read = 0;
  listing::follower{*subject.engine, rows}
    .catch_up([&](std::uint64_t so_far) {
      read = std::max(read, so_far);
      return true;
    })
    .value();
  BOOST_TEST(read > 0U);
  BOOST_TEST(tags_in(rows, "library/app").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
