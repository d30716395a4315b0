// Orders to a running server, and answers, as text.
#include "app/control_order.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(control_order)

BOOST_AUTO_TEST_CASE(an_order_is_read_as_it_was_written) {
  const auto order = app::parse_order(app::to_text(app::collect_order{true, true}));
  BOOST_REQUIRE(order.has_value());
  BOOST_TEST(order->dry_run);
  BOOST_TEST(order->delete_untagged);
  BOOST_TEST(!app::parse_order(R"({"collect": {}})")->dry_run);
}

BOOST_AUTO_TEST_CASE(other_orders_are_refused) {
  for (const auto* text : {"", "{}", "[]", R"({"stop": {}})", R"({"collect": true})",
                           R"({"collect": {}, "stop": {}})", R"({"collect": {"dry_run": 1}})"})
    BOOST_TEST(app::parse_order(text).has_error(), text);
}

BOOST_AUTO_TEST_CASE(a_report_is_read_as_it_was_written) {
  gc_report report;
  report.blobs = 7;
  report.bytes = 1'000'000'000'000;
  report.leased_blobs = 2;
  report.leases_end = time_point{std::chrono::seconds{1'795'852'800}};
  report.waits_for_leases = true;
  const auto read = app::parse_answer(app::to_text(result<gc_report>{report}));
  BOOST_TEST(read.blobs == 7U);
  BOOST_TEST(read.bytes == 1'000'000'000'000U);
  BOOST_TEST(read.leased_blobs == 2U);
  BOOST_TEST((read.leases_end == report.leases_end));
  BOOST_TEST(read.waits_for_leases);
}

BOOST_AUTO_TEST_CASE(a_failure_and_nonsense_throw) {
  const result<gc_report> failed = fail(errc::request_invalid, "no");
  BOOST_CHECK_EXCEPTION(
    app::parse_answer(app::to_text(failed)), std::runtime_error,
    [](const auto& wrong) { return std::string{wrong.what()} == "the server refuses: no"; });
  for (const auto* text : {"", "{}", "[1]", R"({"report": 1})"})
    BOOST_CHECK_THROW(app::parse_answer(text), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(no_server_is_found_where_none_listens) {
  const test::temp_dir folder;
  BOOST_TEST(!app::ask_server(folder.path(), {}).has_value());
  BOOST_TEST(!app::ask_server(folder.path() / "absent", {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
