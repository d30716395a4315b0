// Which operations an auditor hears of.
#include "api/audit_observer.hpp"

#include "api/operations.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string_view>

using namespace gantry::api;

BOOST_AUTO_TEST_SUITE(audit_observer)

BOOST_AUTO_TEST_CASE(what_changes_something_is_audited_but_for_the_chunks_of_an_upload) {
  for (const auto& each : operations()) {
    const bool changes =
      each.does == effect::writes || each.does == effect::deletes || each.does == effect::controls;
    if (changes)
      BOOST_TEST(is_audited(each) == (each.name != "append_upload"), each.name);
    if (each.does == effect::none || each.does == effect::reads)
      BOOST_TEST(!is_audited(each), each.name);
  }
}

BOOST_AUTO_TEST_CASE(what_steers_is_audited_if_it_is_no_question) {
  const std::set<std::string_view> questions{"list_requests",   "await_requests", "export_requests",
                                             "follow_requests", "list_faults",    "list_snapshots",
                                             "get_clock"};
  for (const auto& each : operations())
    if (each.does == effect::steers)
      BOOST_TEST(is_audited(each) == !questions.contains(each.name), each.name);
}

BOOST_AUTO_TEST_SUITE_END()
