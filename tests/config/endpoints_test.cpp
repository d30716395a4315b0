// The endpoints of webhooks, from all sources.
#include "config/endpoints.hpp"

#include "config/changes.hpp"
#include "config/draft.hpp"
#include "config/file.hpp"
#include "config/listing.hpp"
#include "config/variables.hpp"
#include "support/refusal.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::config;
using namespace std::chrono_literals;
using text_list = std::vector<std::string>;

namespace {

outcome endpoints_outcome(const std::string& lines, std::vector<const char*> variables = {}) {
  variables.push_back(nullptr);
  const config::environment all{variables.data()};
  config::draft made;
  read_file(made, "c.yml", "version: 0.1\n" + lines, all);
  read_variables(made, all);
  return made.finish();
}

std::vector<webhook> endpoints_in(const std::string& lines,
                                  std::vector<const char*> variables = {}) {
  return endpoints_outcome(lines, std::move(variables)).chosen->webhooks;
}

/// What is wrong with one endpoint that has these lines.
std::string endpoint_refusal(const std::string& lines) {
  return test::refusal_of([&] { endpoints_in("notifications:\n  endpoints:\n" + lines); });
}

const std::string one = "notifications: {endpoints: [{name: one, url: 'http://h/'}]}\n";

} // namespace

BOOST_AUTO_TEST_SUITE(endpoints)

BOOST_AUTO_TEST_CASE(a_file_of_distribution_is_read) {
  const auto made = endpoints_in(R"(
notifications:
  events:
    includereferences: true
  endpoints:
    - name: alistener
      disabled: true
      url: https://my.listener.com/event
      headers:
        Authorization: [Bearer x]
        X-Many: [a, b]
      timeout: 500ms
      threshold: 5
      backoff: 2s
      ignoredmediatypes: [application/octet-stream]
      ignore:
        mediatypes: [text/x]
        actions: [pull, delete]
    - {name: other, url: 'http://h/', format: cloudevents}
)");
  BOOST_REQUIRE(made.size() == 2u);
  const auto& first = made[0];
  BOOST_TEST(first.name == "alistener");
  BOOST_TEST(first.disabled);
  BOOST_TEST(first.url == "https://my.listener.com/event");
  BOOST_REQUIRE(first.headers.size() == 3u);
  BOOST_TEST(first.headers[0].second == "Bearer x");
  BOOST_TEST(first.headers[2].first == "X-Many");
  BOOST_TEST(first.headers[2].second == "b");
  BOOST_CHECK(first.timeout == 500ms);
  BOOST_TEST(first.threshold == 5u);
  BOOST_CHECK(first.backoff == 2s);
  BOOST_CHECK((first.ignored_media_types == text_list{"text/x", "application/octet-stream"}));
  BOOST_CHECK((first.ignored_actions == text_list{"pull", "delete"}));
  BOOST_CHECK(
    (made[1] == webhook{.name = "other", .url = "http://h/", .format = event_format::cloudevents}));
}

BOOST_AUTO_TEST_CASE(defaults_are_distributions) {
  const auto made = endpoints_in(one).at(0);
  BOOST_CHECK(made.timeout == 1s);
  BOOST_TEST(made.threshold == 10u);
  BOOST_CHECK(made.backoff == 1s);
  BOOST_CHECK(made.format == event_format::distribution);
  BOOST_TEST(endpoints_in("").empty());
  BOOST_TEST(endpoints_in("notifications: {endpoints: }\n").empty());
}

BOOST_AUTO_TEST_CASE(what_events_do_not_have_is_reported) {
  const auto warnings =
    endpoints_outcome("notifications:\n  events: {includereferences: true}\n").warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0] == "c.yml:3: notifications.events is not supported and has no effect: "
                            "events name no references of manifests");
}

BOOST_AUTO_TEST_CASE(mistakes_are_refused_by_line_and_key) {
  BOOST_TEST(endpoint_refusal("    - {name: a, ulr: x}\n") ==
             "c.yml: line 4, column 17: 'ulr' is not a key of notifications.endpoints; did you "
             "mean 'url'?");
  BOOST_TEST(endpoint_refusal("    - {name: a, ignore: {action: [push]}}\n") ==
             "c.yml: line 4, column 26: 'action' is not a key of notifications.endpoints.ignore; "
             "did you mean 'actions'?");
  BOOST_TEST(endpoint_refusal("    - {name: a, timeout: soon}\n")
               .starts_with("c.yml: line 4, column 26: notifications.endpoints.timeout: 'soon' "));
  BOOST_TEST(endpoint_refusal("    - {name: a, ignore: {actions: [pulls]}}\n")
               .starts_with("c.yml: line 4, column 36: notifications.endpoints.ignore.actions: "
                            "'pulls' is not one of "));
  BOOST_TEST(endpoint_refusal("    - {name: a/b}\n")
               .starts_with("c.yml: line 4, column 14: notifications.endpoints.name: 'a/b' is not "
                            "a name"));
  BOOST_TEST(endpoint_refusal("    - {name: a, url: }\n") ==
             "c.yml: line 4, column 17: notifications.endpoints.url is empty: leave it out, or "
             "write a URL, such as https://listener.example/event");
  BOOST_TEST(endpoint_refusal("    - {name: a, headers: [b]}\n")
               .starts_with("c.yml: line 4, column 26: notifications.endpoints.headers: write a "
                            "map"));
  BOOST_TEST(endpoint_refusal("    name: a\n")
               .starts_with("c.yml: line 4, column 5: notifications.endpoints: this is not a list "
                            "of endpoints"));
  BOOST_TEST(endpoint_refusal("    - a\n") ==
             "c.yml: line 4, column 7: notifications.endpoints: this is not a map of settings");
}

BOOST_AUTO_TEST_CASE(an_endpoint_needs_a_name_of_its_own_and_a_url) {
  BOOST_TEST(endpoint_refusal("    - {url: 'http://h/'}\n")
               .starts_with("c.yml:4: notifications.endpoints: the endpoint 0 has no name"));
  BOOST_TEST(endpoint_refusal("    - {name: a}\n")
               .starts_with("c.yml:4: notifications.endpoints: the endpoint 0 has no url"));
  BOOST_TEST(
    endpoint_refusal("    - {name: a, url: 'http://h/'}\n    - {name: a, url: 'http://i/'}\n") ==
    "c.yml:5: notifications.endpoints: the endpoint 1 has the name of another one: a");
}

BOOST_AUTO_TEST_CASE(a_header_is_a_field_that_the_request_does_not_set_itself) {
  for (const auto* field : {"Content-Type: [a]", "host: [a]", "'a b': [c]", "X: [\"a\\nb\"]"})
    BOOST_TEST(
      !endpoint_refusal("    - {name: a, headers: {" + std::string{field} + "}}\n").empty(), field);
}

BOOST_AUTO_TEST_CASE(variables_override_the_file_and_add_endpoints) {
  const auto made =
    endpoints_in(one, {"REGISTRY_NOTIFICATIONS_ENDPOINTS_0_URL=http://i/",
                       "REGISTRY_NOTIFICATIONS_ENDPOINTS_0_IGNORE_ACTIONS=pull,move",
                       "REGISTRY_NOTIFICATIONS_ENDPOINTS_0_HEADERS_X-Team=[a, b]",
                       "REGISTRY_NOTIFICATIONS_ENDPOINTS_1_URL=http://j/",
                       "REGISTRY_NOTIFICATIONS_ENDPOINTS_1_NAME=two"});
  BOOST_REQUIRE(made.size() == 2u);
  BOOST_TEST(made[0].name == "one");
  BOOST_TEST(made[0].url == "http://i/");
  BOOST_CHECK((made[0].ignored_actions == text_list{"pull", "move"}));
  BOOST_REQUIRE(made[0].headers.size() == 2u);
  BOOST_TEST(made[0].headers[1].first == "X-Team");
  BOOST_TEST(made[0].headers[1].second == "b");
  BOOST_TEST(made[1].name == "two");
}

BOOST_AUTO_TEST_CASE(one_variable_may_hold_all_endpoints) {
  const auto made = endpoints_in(
    "", {"REGISTRY_NOTIFICATIONS_ENDPOINTS=[{name: a, url: 'http://h/', threshold: 3}]"});
  BOOST_REQUIRE(made.size() == 1u);
  BOOST_TEST(made[0].threshold == 3u);
}

BOOST_AUTO_TEST_CASE(a_variable_may_name_a_file_with_the_value) {
  const test::temp_dir folder;
  const auto file = "REGISTRY_NOTIFICATIONS_ENDPOINTS_0_HEADERS_Authorization_FILE=" +
                    folder.write("token", "Bearer x\n").string();
  const auto made = endpoints_in(one, {file.c_str()}).at(0);
  BOOST_REQUIRE(made.headers.size() == 1u);
  BOOST_TEST(made.headers[0].first == "Authorization");
  BOOST_TEST(made.headers[0].second == "Bearer x");
}

BOOST_AUTO_TEST_CASE(wrong_variables_are_named) {
  BOOST_TEST(test::refusal_of([] {
               endpoints_in(one, {"REGISTRY_NOTIFICATIONS_ENDPOINTS_0_TIMEOUT=soon"});
             }).starts_with("REGISTRY_NOTIFICATIONS_ENDPOINTS_0_TIMEOUT: 'soon' "));
  BOOST_TEST(test::refusal_of([] {
               endpoints_in(one, {"REGISTRY_NOTIFICATIONS_ENDPOINTS_2_URL=http://h/"});
             }).starts_with("notifications.endpoints: the endpoint 1 is missing"));
  const auto warnings =
    endpoints_outcome(one, {"REGISTRY_NOTIFICATIONS_ENDPOINTS_0_ULR=x"}).warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0].starts_with("REGISTRY_NOTIFICATIONS_ENDPOINTS_0_ULR has no effect"));
}

BOOST_AUTO_TEST_CASE(the_listing_has_no_secrets_and_can_be_read_again) {
  const auto effective = endpoints_outcome(
    "notifications:\n  endpoints:\n    - name: one\n      url: http://ann:hush@h/x\n"
    "      headers: {A: [hush], B: ['${TOKEN}']}\n"
    "      ignore: {actions: [pull], mediatypes: [a/b, c/d]}\n"
    "    - {name: two, url: 'http://i/'}\n",
    {"TOKEN=hush"});
  const auto text = render(effective);
  BOOST_TEST(text.find("hush") == std::string::npos, text);
  BOOST_TEST(text.find("B: ['${TOKEN}']") != std::string::npos, text);
  BOOST_TEST(text.find("# c.yml:5") != std::string::npos, text);
  config::draft again;
  const char* const variables[] = {"TOKEN=hush", nullptr};
  read_file(again, "again.yml", text, environment{variables});
  auto expected = effective.chosen->webhooks;
  expected[0].url = "http://***@h/x";
  expected[0].headers[0].second = "***";
  BOOST_CHECK(again.finish().chosen->webhooks == expected);
}

BOOST_AUTO_TEST_CASE(other_endpoints_are_a_change_that_needs_a_restart) {
  settings before;
  auto after = before;
  BOOST_TEST(!compare(before, after).endpoints);
  after.webhooks.emplace_back();
  BOOST_TEST(compare(before, after).endpoints);
}

BOOST_AUTO_TEST_CASE(every_field_has_a_one_line_help) {
  BOOST_TEST(std::ranges::is_sorted(endpoint_fields(), {}, &endpoint_field::key));
  for (const auto& each : endpoint_fields())
    BOOST_TEST_CONTEXT(each.key) {
      BOOST_TEST(find_endpoint_field(each.key) == &each);
      BOOST_TEST(!each.help.empty());
      BOOST_TEST(!each.help.ends_with('.'));
      BOOST_TEST(each.help.find_first_of("|\n") == std::string_view::npos);
      BOOST_TEST(!each.fallback.empty());
    }
  BOOST_TEST(!find_endpoint_field("ignore"));
}

BOOST_AUTO_TEST_SUITE_END()
