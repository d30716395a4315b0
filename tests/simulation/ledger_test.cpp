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

BOOST_AUTO_TEST_SUITE_END()
