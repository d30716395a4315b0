// The ids of events.
#include "watch/event_id.hpp"

#include "domain/changes.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry;
using watch::event_ids;

BOOST_AUTO_TEST_SUITE(event_id)

BOOST_AUTO_TEST_CASE(a_log_that_lasts_has_plain_numbers) {
  const event_ids ids;
  BOOST_TEST(ids.to_string(17) == "17");
  BOOST_TEST(ids.parse("17").value() == 17U);
  BOOST_TEST(ids.parse("0").value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_log_that_ends_with_its_process_has_a_mark) {
  const event_ids ids{"5f3a"};
  BOOST_TEST(ids.to_string(17) == "17-5f3a");
  BOOST_TEST(ids.parse("17-5f3a").value() == 17U);
}

BOOST_AUTO_TEST_CASE(the_ids_of_other_processes_are_those_of_no_event) {
  const event_ids marked{"5f3a"};
  BOOST_TEST(marked.parse("17-5f3b").value() == after_all_changes);
  BOOST_TEST(marked.parse("17").value() == after_all_changes);
  BOOST_TEST(event_ids{}.parse("17-5f3a").value() == after_all_changes);
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_ids) {
  for (const event_ids& ids : {event_ids{}, event_ids{"5f3a"}})
    for (const std::string text : {"", "x", "-5f3a", "17-", "17-5g", "17 ", "-1", "1-2-3",
                                   "99999999999999999999", "17-00000000000000000000000000000000a"})
      BOOST_TEST(!ids.parse(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
