// What `gantry webhook` reads and prints.
#include "app/webhook_commands.hpp"

#include "app/command_line.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

using namespace gantry;

namespace {

app::command parsed(std::initializer_list<const char*> words) {
  std::vector<const char*> all{"gantry"};
  all.insert(all.end(), words);
  return app::parse_command_line(static_cast<int>(all.size()), all.data());
}

} // namespace

BOOST_AUTO_TEST_SUITE(webhook_commands)

BOOST_AUTO_TEST_CASE(the_command_line_says_what_to_do) {
  const auto list = std::get<app::webhook_command>(parsed({"webhook", "list", "--json"}));
  BOOST_TEST((list.action == app::webhook_action::list));
  BOOST_TEST(list.json);
  BOOST_TEST(list.where.url == "http://127.0.0.1:4775");
  const auto test =
    std::get<app::webhook_command>(parsed({"webhook", "test", "one", "--url", "http://x:1"}));
  BOOST_TEST((test.action == app::webhook_action::test));
  BOOST_TEST(test.name == "one");
  BOOST_TEST(test.where.url == "http://x:1");
  BOOST_TEST(std::holds_alternative<app::message_command>(parsed({"webhook", "test"})));
  BOOST_TEST(std::holds_alternative<app::message_command>(parsed({"webhook"})));
}

BOOST_AUTO_TEST_CASE(a_name_is_checked_before_anything_is_asked) {
  BOOST_CHECK_THROW(app::run({.action = app::webhook_action::test, .name = "a/b"}),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(webhooks_are_shown_as_a_table) {
  const auto table = app::render_webhooks(
    R"({"webhooks":[{"name":"ci","url":"http://ci/","format":"distribution","disabled":false,)"
    R"("position":7,"pending":0,"gaps":0,"failures":0,"last_status":200},)"
    R"({"name":"scan","url":"http://scan/","format":"cloudevents","disabled":false,"position":5,)"
    R"("pending":2,"gaps":0,"failures":12,"last_error":"refused"},)"
    R"({"name":"off","url":"http://off/","format":"distribution","disabled":true,"position":1,)"
    R"("pending":6,"gaps":0,"failures":0}]})");
  BOOST_TEST(table == "NAME  URL           FORMAT        PENDING  FAILURES  STATE\n"
                      "ci    http://ci/    distribution  0        0         ok\n"
                      "scan  http://scan/  cloudevents   2        12        refused\n"
                      "off   http://off/   distribution  6        0         disabled\n");
}

BOOST_AUTO_TEST_CASE(a_test_is_shown_as_a_sentence) {
  BOOST_TEST(app::render_webhook_test(R"({"webhook":"ci","status":204,"duration_ms":12})") ==
             "ci answered 204 after 12 ms\n");
}

BOOST_AUTO_TEST_SUITE_END()
