// Settings as variables.
#include "config/variables.hpp"

#include "config/assembling.hpp"
#include "config/table.hpp"
#include "support/refusal.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace gantry;
using namespace gantry::config;
using namespace gantry::test;

namespace {

settings settings_from(std::vector<const char*> variables) {
  config::draft made;
  read_environment(made, std::move(variables));
  return finished(made);
}

} // namespace

BOOST_AUTO_TEST_SUITE(variables)

BOOST_AUTO_TEST_CASE(fields_are_separated_by_newlines_because_they_may_contain_commas) {
  config::draft made;
  read_environment(made, {"REGISTRY_HTTP_HEADERS=X-A: 1, 2\nX-B: 3\n"});
  const auto headers = finished(made).headers;
  BOOST_REQUIRE(headers.size() == 2u);
  BOOST_TEST(headers[0].second == "1, 2");
  BOOST_TEST(headers[1].first == "X-B");
}

BOOST_AUTO_TEST_CASE(other_empty_variables_are_mistakes_unless_a_flag_overrides_them) {
  config::draft made;
  BOOST_TEST(refusal_of([&] { read_environment(made, {"REGISTRY_HTTP_ADDR="}); }) ==
             "REGISTRY_HTTP_ADDR is empty: unset it, or set it to an address, such as "
             "127.0.0.1:4775");
  BOOST_TEST(refusal_of([&] { read_environment(made, {"REGISTRY_STORAGE_DELETE_ENABLED="}); }) ==
             "REGISTRY_STORAGE_DELETE_ENABLED is empty: unset it, or set it to true or false");
  set(made, "http.addr", ":1");
  read_environment(made, {"REGISTRY_HTTP_ADDR="});
  BOOST_TEST(finished(made).addresses.front() == ":1");
}

BOOST_AUTO_TEST_CASE(a_switch_in_the_environment_says_what_its_key_says) {
  config::draft made;
  read_environment(made, {"REGISTRY_STORAGE_DELETE_ENABLED=false",
                          "REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED=true"});
  const auto chosen = finished(made);
  BOOST_TEST(!chosen.allow_delete);
  BOOST_TEST(chosen.read_only);
}

BOOST_AUTO_TEST_CASE(a_wrong_variable_is_named) {
  config::draft made;
  BOOST_TEST(refusal_of([&] { read_environment(made, {"REGISTRY_GANTRY_THREADS=0"}); }) ==
             "REGISTRY_GANTRY_THREADS: '0' is too small: write a whole number from 1 to 1024, such "
             "as 10");
}

BOOST_AUTO_TEST_CASE(a_nearly_right_variable_is_reported_and_others_are_not) {
  config::draft made;
  read_environment(made, {"REGISTRY_HTTP_ADR=:1", "REGISTRY_PORT=tcp://1",
                          "REGISTRY_SERVICE_HOST=10.0.0.1", "REGISTRY_URL=http://h"});
  const auto warnings = made.finish().warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0] == "REGISTRY_HTTP_ADR has no effect; did you mean REGISTRY_HTTP_ADDR?");
}

BOOST_AUTO_TEST_CASE(a_setting_of_distribution_that_is_missing_here_is_reported_and_nothing_else) {
  config::draft made;
  read_environment(made, {"REGISTRY_REDIS_ADDR=here", "REGISTRY_HTTP_ADDR=:1"});
  const auto done = made.finish();
  BOOST_REQUIRE(done.warnings.size() == 1u);
  BOOST_TEST(done.warnings[0] ==
             "REGISTRY_REDIS_ADDR is not supported and has no effect: it needs no cache outside");
  BOOST_TEST(done.chosen->addresses.front() == ":1");
}

BOOST_AUTO_TEST_CASE(names_may_be_in_any_case_and_a_service_has_none_of_them) {
  BOOST_TEST(settings_from({"registry_http_addr=:7"}).addresses.front() == ":7");
  config::draft made;
  read_environment(made, {"REGISTRY_CONFIGURATION_PATH=/etc/x.yml", "REGISTRY_AUTH_FILE=/root/auth",
                          "REGISTRY_STORAGE=", "REGISTRY_AUTH=", "REGISTRY_HTTP_NET=tcp"});
  BOOST_TEST(made.finish().warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_section_is_chosen_by_its_name) {
  BOOST_TEST(settings_from({"REGISTRY_STORAGE=filesystem"}).folder == "/var/lib/registry");
  BOOST_TEST(
    settings_from({"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/d", "REGISTRY_STORAGE=filesystem"})
      .folder == "/d");
  BOOST_TEST(settings_from({"REGISTRY_STORAGE=inmemory"}).folder == "");
  // What testcontainers and the documentation of registry:2 set.
  const auto login = settings_from({"REGISTRY_AUTH_HTPASSWD_REALM=local", "REGISTRY_AUTH=htpasswd",
                                    "REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd"});
  BOOST_TEST(login.htpasswd == "/auth/htpasswd");
  BOOST_TEST(login.realm == "local");
  BOOST_TEST(refusal_of([] { settings_from({"REGISTRY_AUTH_TOKEN_REALM=here"}); }) ==
             "REGISTRY_AUTH_TOKEN_REALM needs auth.token.issuer (--token-issuer), too");
}

BOOST_AUTO_TEST_CASE(a_list_can_be_written_item_by_item_and_as_yaml) {
  using list = std::vector<std::string>;
  BOOST_CHECK((settings_from({"REGISTRY_HTTP_ADDR_1=:2", "REGISTRY_HTTP_ADDR_0=:1"}).addresses ==
               list{":1", ":2"}));
  BOOST_CHECK((settings_from({"REGISTRY_HTTP_ADDR=[':1', ':2']"}).addresses == list{":1", ":2"}));
  BOOST_CHECK((settings_from({"REGISTRY_HTTP_ADDR=:1,:2", "REGISTRY_HTTP_ADDR_1=:3"}).addresses ==
               list{":1", ":3"}));
  BOOST_TEST(
    refusal_of([] { settings_from({"REGISTRY_HTTP_ADDR_3=:1"}); }) ==
    "REGISTRY_HTTP_ADDR_3: item 3 of a list with 0: number the items from 0, without a gap");
}

BOOST_AUTO_TEST_CASE(a_field_can_have_a_variable_of_its_own) {
  const auto headers =
    settings_from({"REGISTRY_HTTP_HEADERS_X-Frame-Options=DENY",
                   "REGISTRY_HTTP_HEADERS_Access-Control-Allow-Methods=[HEAD, GET]"})
      .headers;
  BOOST_REQUIRE(headers.size() == 2u);
  BOOST_TEST(headers[0].first == "X-Frame-Options");
  BOOST_TEST(headers[0].second == "DENY");
  BOOST_TEST(headers[1].first == "Access-Control-Allow-Methods");
  BOOST_TEST(headers[1].second == "HEAD, GET");
}

BOOST_AUTO_TEST_CASE(a_value_can_be_in_a_file) {
  const test::temp_dir folder;
  const auto file = (folder.path() / "realm").string();
  std::ofstream{file} << "from a file\n";
  const auto variable = "REGISTRY_AUTH_HTPASSWD_REALM_FILE=" + file;
  BOOST_TEST(settings_from({variable.c_str()}).realm == "from a file");
  BOOST_TEST(refusal_of([&] {
               settings_from({variable.c_str(), "REGISTRY_AUTH_HTPASSWD_REALM=x"});
             }) ==
             "REGISTRY_AUTH_HTPASSWD_REALM excludes REGISTRY_AUTH_HTPASSWD_REALM_FILE: unset one");
  BOOST_TEST(refusal_of([] { settings_from({"REGISTRY_AUTH_HTPASSWD_REALM_FILE=/no/such"}); }) ==
             "REGISTRY_AUTH_HTPASSWD_REALM_FILE: the file /no/such cannot be read");
  // This one is a setting of its own.
  BOOST_TEST(settings_from({"REGISTRY_GANTRY_REPLAY_FILE=/session.har"}).replay == "/session.har");
}

BOOST_AUTO_TEST_SUITE_END()
