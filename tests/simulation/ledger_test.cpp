// What the ledger allows and demands: too little of either would hide mistakes.
#include "simulation/ledger.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::simulation;
using namespace std::chrono_literals;

namespace {

struct writing {
  void write(std::optional<digest> value, interval when, outcome how = outcome::done) {
    const auto ticket = known.begin_tag(tag, std::move(value), when.begin);
    if (how != outcome::open)
      known.end_tag(tag, ticket, how, when.end);
  }
  bool reads(const std::optional<digest>& value, interval when) {
    return known.may_be(tag, value, when);
  }
  void change(bool stores, interval when, outcome how = outcome::done) {
    const auto ticket = known.begin_change(blob, stores, when.begin);
    if (how != outcome::open)
      known.end_change(blob, stores, ticket, how, when.end);
  }

  const name_in tag{"a", "tag"};
  const name_in blob{"a", "blob"};
  const digest one = digest::of("1");
  const digest two = digest::of("2");
  const time_point now{};
  ledger known;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger, writing)

BOOST_AUTO_TEST_CASE(the_last_write_is_read) {
  BOOST_TEST(reads(std::nullopt, {1, 2}));
  write(one, {3, 4});
  write(two, {5, 6});
  BOOST_TEST(reads(two, {7, 8}));
  BOOST_TEST(!reads(one, {7, 8}));
  BOOST_TEST(!reads(std::nullopt, {7, 8}));
}

BOOST_AUTO_TEST_CASE(a_write_beside_a_read_may_be_read) {
  write(one, {1, 2});
  write(two, {3, 9});
  BOOST_TEST(reads(one, {4, 5}));
  BOOST_TEST(reads(two, {6, 7}));
}

BOOST_AUTO_TEST_CASE(what_was_read_once_stays) {
  write(one, {1, 2});
  write(two, {3, never}, outcome::open);
  BOOST_TEST(reads(two, {4, 5}));
  BOOST_TEST(reads(two, {8, 9}));
  BOOST_TEST(!reads(one, {8, 9}));
}

BOOST_AUTO_TEST_CASE(a_write_without_an_answer_may_have_happened) {
  write(one, {1, 2});
  write(two, {3, 4}, outcome::unknown);
  BOOST_TEST(reads(one, {5, 6}));
  BOOST_TEST(reads(two, {7, 8}));
}

BOOST_AUTO_TEST_CASE(a_write_that_a_crash_cut_off_does_not_happen_later) {
  write(one, {1, never}, outcome::open);
  known.end_process(3);
  write(two, {4, 5});
  BOOST_TEST(!reads(one, {6, 7}));
}

BOOST_AUTO_TEST_CASE(a_refused_write_is_never_read) {
  write(one, {1, 2}, outcome::undone);
  BOOST_TEST(!reads(one, {3, 4}));
}

BOOST_AUTO_TEST_CASE(a_removed_manifest_takes_its_tag_along) {
  write(one, {1, 2});
  const auto ticket = known.begin_tag(tag, std::nullopt, 3, one);
  known.end_tag(tag, ticket, outcome::done, 4);
  BOOST_TEST(!reads(one, {5, 6}));
  BOOST_TEST(reads(std::nullopt, {5, 6}));
}

BOOST_AUTO_TEST_CASE(a_promise_holds_until_its_time_or_a_removal) {
  known.add_promise(blob, {1, 2, now + 1min});
  BOOST_TEST(!known.must_exist(blob, 2, now));
  BOOST_TEST(known.must_exist(blob, 3, now));
  BOOST_TEST(!known.must_exist(blob, 3, now + 1min));
  change(false, {5, 6}, outcome::undone);
  BOOST_TEST(known.must_exist(blob, 7, now));
  change(false, {8, 9}, outcome::unknown);
  BOOST_TEST(!known.must_exist(blob, 10, now));
}

BOOST_AUTO_TEST_CASE(a_blob_that_a_manifest_needs_stays_as_long_as_that) {
  const name_in manifest{"a", "manifest"};
  known.add_promise(manifest, {1, 2});
  known.add_promise(blob, {1, 2, time_point::max(), manifest});
  BOOST_TEST(known.must_exist(blob, 3, now + 24h));
  const auto ticket = known.begin_change(manifest, false, 4);
  BOOST_TEST(!known.must_exist(blob, 5, now));
  known.end_change(manifest, false, ticket, outcome::done, 6);
  BOOST_TEST(!known.must_exist(blob, 7, now));
}

BOOST_AUTO_TEST_CASE(nothing_is_there_that_nothing_stored) {
  BOOST_TEST(!known.may_exist(blob, {1, 2}));
  change(true, {3, 4});
  BOOST_TEST(known.may_exist(blob, {5, 6}));
  change(false, {7, 8});
  BOOST_TEST(!known.may_exist(blob, {9, 10}));
  change(true, {11, 12}, outcome::unknown);
  BOOST_TEST(known.may_exist(blob, {13, 14}));
}

BOOST_AUTO_TEST_CASE(a_write_that_a_read_refutes_never_happened) {
  write(one, {1, 2});
  write(two, {3, never}, outcome::open);
  known.end_process(4);
  BOOST_TEST(reads(one, {5, 6}));
  BOOST_TEST(!reads(two, {7, 8}));
}

BOOST_AUTO_TEST_CASE(a_failure_leaves_a_write_open_until_its_process_has_ended) {
  write(one, {1, 2});
  write(two, {3, 4}, outcome::unknown);
  BOOST_TEST(reads(one, {5, 6}));
  known.end_process(7);
  BOOST_TEST(reads(two, {8, 9}));
}

BOOST_AUTO_TEST_CASE(a_tag_must_be_what_nothing_else_may_have_set) {
  BOOST_TEST(known.must_be(tag, std::nullopt, {1, 2}));
  write(one, {3, 4});
  BOOST_TEST(known.must_be(tag, one, {5, 6}));
  BOOST_TEST(!known.must_be(tag, std::nullopt, {5, 6}));
  write(two, {7, 9});
  BOOST_TEST(!known.must_be(tag, one, {8, 10}));
  BOOST_TEST(!known.must_be(tag, two, {8, 10}));
  BOOST_TEST(known.must_be(tag, two, {11, 12}));
}

namespace {

/// A change that removes two tags and may remove a manifest; the process ends before its answer.
struct cut_off : writing {
  cut_off() {
    write(one, {1, 2});
    const auto ticket = known.begin_tag(other, two, 1);
    known.end_tag(other, ticket, outcome::done, 2);
    change(true, {1, 2});
    known.add_promise(blob, {1, 2});
  }
  void remove(bool surely) {
    std::vector<gantry::simulation::ledger::part> all{
      known.begin(tag, std::nullopt, 3), known.begin(other, std::nullopt, 3),
      known.begin(blob, gantry::simulation::ledger::effect::removes, 3)};
    all.back().surely = surely;
    known.join(all);
    known.end_process(4);
  }

  const name_in other{"a", "other"};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_change_whose_part_is_seen_has_happened, cut_off) {
  remove(true);
  BOOST_TEST(reads(std::nullopt, {5, 6}));
  BOOST_TEST(!known.may_be(other, two, {7, 8}));
  BOOST_TEST(known.may_be(other, std::nullopt, {7, 8}));
  BOOST_TEST(!known.may_exist(blob, {7, 8}));
}

BOOST_FIXTURE_TEST_CASE(a_change_without_one_of_its_parts_has_not_happened, cut_off) {
  remove(true);
  BOOST_TEST(!known.must_exist(blob, 5, now));
  BOOST_TEST(reads(one, {5, 6}));
  BOOST_TEST(!known.may_be(other, std::nullopt, {7, 8}));
  BOOST_TEST(known.may_be(other, two, {7, 8}));
  BOOST_TEST(known.must_exist(blob, 7, now));
}

BOOST_FIXTURE_TEST_CASE(a_part_that_need_not_happen_stays_open, cut_off) {
  remove(false);
  BOOST_TEST(reads(std::nullopt, {5, 6}));
  BOOST_TEST(known.may_exist(blob, {7, 8}));
  BOOST_TEST(!known.must_exist(blob, 7, now));
}

BOOST_AUTO_TEST_CASE(a_tag_that_never_was_proves_nothing) {
  write(one, {1, 2}, outcome::unknown);
  const name_in other{"a", "other"};
  known.end_tag(other, known.begin_tag(other, two, 1), outcome::done, 2);
  known.join({known.begin(tag, std::nullopt, 3), known.begin(other, std::nullopt, 3)});
  known.end_process(4);
  BOOST_TEST(reads(std::nullopt, {5, 6}));
  BOOST_TEST(known.may_be(other, two, {7, 8}));
}

BOOST_AUTO_TEST_SUITE_END()
