// Assembling settings.
#include "config/draft.hpp"

#include "config/table.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::config;

namespace {

constexpr auto typed = source::command_line;

void set(draft& made, std::string_view key, std::string_view text, source from = typed) {
  const auto* setting = find_key(key);
  BOOST_REQUIRE(setting);
  made.set(*setting, text, from);
}

void read_environment(draft& made, std::vector<const char*> variables) {
  variables.push_back(nullptr);
  made.read_environment(variables.data());
}

template <class Work>
std::string refusal_of(Work work) {
  try {
    work();
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return "accepted";
}

settings finished(draft& made) {
  return *made.finish().chosen;
}

} // namespace

BOOST_AUTO_TEST_SUITE(draft)

BOOST_AUTO_TEST_CASE(nothing_given_leaves_the_defaults) {
  config::draft made;
  const auto done = made.finish();
  BOOST_CHECK(*done.chosen == settings{});
  BOOST_TEST(done.warnings.empty());
}

BOOST_AUTO_TEST_CASE(the_command_line_overrides_the_environment_in_either_order) {
  config::draft first;
  set(first, "http.addr", ":1");
  read_environment(first, {"REGISTRY_HTTP_ADDR=:2", "HOME=/"});
  BOOST_TEST(finished(first).address == ":1");
  config::draft last;
  read_environment(last, {"REGISTRY_HTTP_ADDR=:2"});
  set(last, "http.addr", ":1");
  BOOST_TEST(finished(last).address == ":1");
  config::draft alone;
  read_environment(alone, {"REGISTRY_HTTP_ADDR=:2"});
  BOOST_TEST(finished(alone).address == ":2");
}

BOOST_AUTO_TEST_CASE(a_list_grows_within_a_source_and_is_replaced_by_a_higher_one) {
  using list = std::vector<std::string>;
  config::draft made;
  read_environment(made, {"REGISTRY_GANTRY_CORS_ORIGINS=http://a, http://b,", "X=y"});
  BOOST_CHECK((finished(made).cors_origins == list{"http://a", "http://b"}));
  config::draft overruled;
  read_environment(overruled, {"REGISTRY_GANTRY_CORS_ORIGINS=http://a"});
  set(overruled, "gantry.cors.origins", "http://c");
  set(overruled, "gantry.cors.origins", "*");
  BOOST_CHECK((finished(overruled).cors_origins == list{"http://c", "*"}));
}

BOOST_AUTO_TEST_CASE(fields_are_separated_by_newlines_because_they_may_contain_commas) {
  config::draft made;
  read_environment(made, {"REGISTRY_HTTP_HEADERS=X-A: 1, 2\nX-B: 3\n"});
  const auto headers = finished(made).headers;
  BOOST_REQUIRE(headers.size() == 2u);
  BOOST_TEST(headers[0].second == "1, 2");
  BOOST_TEST(headers[1].first == "X-B");
}

BOOST_AUTO_TEST_CASE(an_empty_text_empties_the_list_that_may_be_empty) {
  config::draft flag;
  set(flag, "gantry.cors.origins", "");
  BOOST_TEST(finished(flag).cors_origins.empty());
  config::draft variable;
  read_environment(variable, {"REGISTRY_GANTRY_CORS_ORIGINS="});
  BOOST_TEST(finished(variable).cors_origins.empty());
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
  BOOST_TEST(finished(made).address == ":1");
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
  read_environment(made, {"REGISTRY_HTTP_ADR=:1", "REGISTRY_AUTH=htpasswd", "REGISTRY_PORT=tcp://1",
                          "REGISTRY_SERVICE_HOST=10.0.0.1", "REGISTRY_URL=http://h"});
  const auto warnings = made.finish().warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0] == "REGISTRY_HTTP_ADR has no effect; did you mean REGISTRY_HTTP_ADDR?");
}

BOOST_AUTO_TEST_CASE(a_setting_of_distribution_that_is_missing_here_is_reported_and_nothing_else) {
  config::draft made;
  read_environment(made, {"REGISTRY_AUTH_TOKEN_REALM=here", "REGISTRY_HTTP_ADDR=:1"});
  const auto done = made.finish();
  BOOST_REQUIRE(done.warnings.size() == 1u);
  BOOST_TEST(
    done.warnings[0] ==
    "REGISTRY_AUTH_TOKEN_REALM is not supported and has no effect: there are no tokens yet; "
    "REGISTRY_AUTH_HTPASSWD_PATH asks for passwords");
  BOOST_TEST(done.chosen->address == ":1");
}

BOOST_AUTO_TEST_CASE(forms_are_judged_by_the_layer_that_knows_them) {
  const auto judge = [](form judged_as, std::string_view text) {
    if (judged_as == form::address && text == "bad")
      throw std::invalid_argument{"'bad' is bad"};
  };
  config::draft made{judge};
  BOOST_TEST(refusal_of([&] { set(made, "http.addr", "bad"); }) == "'bad' is bad");
  BOOST_TEST(refusal_of([&] { read_environment(made, {"REGISTRY_GANTRY_SEED=bad"}); }) ==
             "accepted");
}

BOOST_AUTO_TEST_CASE(
  a_folder_and_a_limit_of_memory_exclude_each_other_by_the_names_they_were_given) {
  config::draft made;
  set(made, "storage.filesystem.rootdirectory", "d", source::environment);
  set(made, "gantry.memory.limit", "1GiB");
  BOOST_TEST(refusal_of([&] { made.finish(); }) ==
             "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY excludes --memory-limit: omit one");
}

BOOST_AUTO_TEST_CASE(the_default_page_is_lowered_unless_it_was_asked_for) {
  config::draft lowered;
  set(lowered, "catalog.maxentries", "7");
  BOOST_TEST(finished(lowered).page_default == 7u);
  config::draft refused;
  set(refused, "gantry.pages.default", "5000");
  BOOST_TEST(refusal_of([&] { refused.finish(); }) ==
             "--page-default: '5000' is more than --page-max: at most 1000, such as 1000");
}

BOOST_AUTO_TEST_CASE(a_durable_registry_is_stricter_by_default) {
  config::draft durable;
  set(durable, "storage.filesystem.rootdirectory", "d");
  const auto strict = finished(durable);
  BOOST_TEST(!strict.allow_reset);
  BOOST_TEST(strict.cors_origins.empty());
  BOOST_TEST(strict.journal_entries == 0u);
  BOOST_CHECK(strict.validation().reference == validation_policy::references::reject);
  config::draft told;
  set(told, "storage.filesystem.rootdirectory", "d");
  set(told, "gantry.reset.allowed", "true");
  set(told, "gantry.cors.origins", "*");
  set(told, "gantry.journal.entries", "10");
  set(told, "gantry.validation.references", "warn");
  const auto mild = finished(told);
  BOOST_TEST(mild.allow_reset);
  BOOST_TEST(mild.cors_origins.size() == 1u);
  BOOST_TEST(mild.journal_entries == 10u);
  BOOST_CHECK(mild.validation().reference == validation_policy::references::warn);
}

BOOST_AUTO_TEST_CASE(a_lenient_registry_accepts_anything_by_default) {
  for (const auto* folder : {"", "d"}) {
    config::draft lenient;
    set(lenient, "gantry.validation.lenient", "true");
    if (*folder)
      set(lenient, "storage.filesystem.rootdirectory", folder);
    const auto policy = finished(lenient).validation();
    BOOST_CHECK(policy.digest == validation_policy::digests::trust);
    BOOST_CHECK(policy.manifest == validation_policy::manifests::accept);
    BOOST_CHECK(policy.reference == validation_policy::references::accept);
  }
  config::draft mixed;
  set(mixed, "gantry.validation.references", "reject");
  set(mixed, "gantry.validation.lenient", "true");
  BOOST_CHECK(finished(mixed).validation().reference == validation_policy::references::reject);
}

BOOST_AUTO_TEST_CASE(settings_without_effect_in_memory_are_reported_by_their_given_name) {
  config::draft made;
  set(made, "gantry.scrub.interval", "7d");
  read_environment(made, {"REGISTRY_GANTRY_GC_GRACE=1h"});
  const auto warnings = made.finish().warnings;
  BOOST_REQUIRE(warnings.size() == 2u);
  BOOST_TEST(warnings[0] == "REGISTRY_GANTRY_GC_GRACE has no effect without --data DIR");
  BOOST_TEST(warnings[1] == "--scrub-interval has no effect without --data DIR");
  config::draft durable;
  set(durable, "gantry.scrub.interval", "7d");
  set(durable, "storage.filesystem.rootdirectory", "d");
  BOOST_TEST(durable.finish().warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()
