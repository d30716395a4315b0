// The settings of an embedded registry.
#include <gantry/options.hpp>

#include <gantry/registry.hpp>

#include "support/http_client.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

using namespace gantry::test;

namespace {

/// The text of the refusal; empty if the setting is accepted.
std::string refusal_of(const std::string& name, const std::string& text) {
  try {
    gantry::options{}.set(name, text);
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return {};
}

http_response get(const gantry::registry& registry, const std::string& target) {
  return http_connection{registry.port()}.request("GET", target);
}

} // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(an_unknown_setting_is_refused_with_the_one_that_was_meant) {
  BOOST_TEST(refusal_of("--max-upload", "1") ==
             "there is no setting '--max-upload'; did you mean --max-uploads?");
  BOOST_TEST(refusal_of("gantry.sead", "true") ==
             "there is no setting 'gantry.sead'; did you mean gantry.seed?");
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_refused_with_the_text_of_the_program) {
  BOOST_TEST(refusal_of("--threads", "many") == "--threads: 'many' is not a number: write a whole "
                                                "number from 1 to 1024, such as 10");
  BOOST_TEST(refusal_of("http.addr", "4775").starts_with("http.addr: '4775' is not an address"));
  BOOST_TEST(refusal_of("--seed", "").starts_with("--seed is empty"));
  BOOST_TEST(refusal_of("--no-delete", "perhaps").starts_with("--no-delete: 'perhaps' is neither"));
}

BOOST_AUTO_TEST_CASE(members_are_checked_when_the_registry_is_made) {
  gantry::options wrong;
  wrong.address = "nowhere";
  BOOST_CHECK_THROW(gantry::registry{wrong}, std::invalid_argument);
  wrong = {};
  wrong.threads = 5000;
  BOOST_CHECK_THROW(gantry::registry{wrong}, std::invalid_argument);
  wrong = {};
  wrong.data = "a folder";
  wrong.memory_limit = 1;
  BOOST_CHECK_THROW(gantry::registry{wrong}, std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_flag_that_turns_something_off_inverts_its_key) {
  BOOST_TEST(gantry::options{}.set("--no-delete", "true").others ==
             gantry::options{}.set("storage.delete.enabled", "false").others);
  BOOST_TEST(gantry::options{}.set("--read-only", "true").others ==
             gantry::options{}.set("storage.maintenance.readonly.enabled", "true").others);
}

BOOST_AUTO_TEST_CASE(members_and_set_reach_the_registry) {
  gantry::options chosen;
  chosen.seed = "false";
  chosen.headers = {{"X-Member", "1"}};
  chosen.set("--header", "X-Set: 2").set("http.prefix", "/below").set("--page-default", "1");
  gantry::registry registry{chosen};
  registry.start();
  registry.push({"a", "1", {}});
  registry.push({"a", "2", {}});
  const auto answer = get(registry, "/below/v2/a/tags/list");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("X-Member") == "1");
  BOOST_TEST(answer.header("X-Set") == "2");
  BOOST_TEST(answer.body == R"({"name":"a","tags":["1"]})");
  BOOST_TEST(registry.url() == "http://127.0.0.1:" + std::to_string(registry.port()) + "/below");
}

BOOST_AUTO_TEST_CASE(what_ends_the_program_is_not_a_setting_of_the_library) {
  BOOST_TEST(refusal_of("--idle-exit", "1s") == "--idle-exit is only for the program gantry");
  BOOST_TEST(refusal_of("gantry.exit.parent", "1") ==
             "gantry.exit.parent is only for the program gantry");
}

BOOST_AUTO_TEST_SUITE_END()
