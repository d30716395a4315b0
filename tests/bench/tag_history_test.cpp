#include "bench/workloads/tag_history.hpp"

#include <boost/test/unit_test.hpp>

namespace bench = gantry::bench;
using namespace std::chrono_literals;

namespace {

const bench::tag_history::time_point epoch{1000s};

void write(bench::tag_history& tag, std::size_t value, std::chrono::seconds begun,
           std::chrono::seconds ended) {
  tag.sent(value);
  tag.acknowledged(value, epoch + begun, epoch + ended);
}

} // namespace

BOOST_AUTO_TEST_SUITE(tag_history)

BOOST_AUTO_TEST_CASE(an_unwritten_tag_holds_nothing) {
  const bench::tag_history tag{2};
  BOOST_TEST(!tag.must_exist());
  BOOST_TEST(!tag.may_hold(0));
}

BOOST_AUTO_TEST_CASE(the_later_of_two_writes_wins) {
  bench::tag_history tag{2};
  write(tag, 0, 1s, 2s);
  write(tag, 1, 3s, 4s);
  BOOST_TEST(tag.must_exist());
  BOOST_TEST(!tag.may_hold(0));
  BOOST_TEST(tag.may_hold(1));
}

BOOST_AUTO_TEST_CASE(either_of_two_writes_at_the_same_time_may_win) {
  bench::tag_history tag{3};
  write(tag, 0, 1s, 5s);
  write(tag, 1, 2s, 3s);
  BOOST_TEST(tag.may_hold(0));
  BOOST_TEST(tag.may_hold(1));
  BOOST_TEST(!tag.may_hold(2));
}

BOOST_AUTO_TEST_CASE(a_value_that_was_written_again_is_as_new_as_its_last_write) {
  bench::tag_history tag{2};
  write(tag, 0, 1s, 2s);
  write(tag, 1, 3s, 4s);
  write(tag, 0, 5s, 6s);
  BOOST_TEST(tag.may_hold(0));
  BOOST_TEST(!tag.may_hold(1));
}

BOOST_AUTO_TEST_CASE(a_write_without_an_answer_may_have_happened) {
  bench::tag_history tag{2};
  tag.sent(0);
  BOOST_TEST(!tag.must_exist());
  BOOST_TEST(tag.may_hold(0));
  write(tag, 1, 3s, 4s);
  BOOST_TEST(tag.may_hold(0));
  BOOST_TEST(tag.may_hold(1));
}

BOOST_AUTO_TEST_SUITE_END()
