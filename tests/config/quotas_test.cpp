// Quotas, from all sources.
#include "config/quotas.hpp"

#include "config/changes.hpp"
#include "config/draft.hpp"
#include "config/file.hpp"
#include "config/listing.hpp"
#include "config/variables.hpp"
#include "support/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::config;

namespace {

outcome quotas_outcome(const std::string& lines, std::vector<const char*> variables = {}) {
  variables.push_back(nullptr);
  const config::environment all{variables.data()};
  config::draft made;
  read_file(made, "c.yml", "version: 0.1\n" + lines, all);
  read_variables(made, all);
  return made.finish();
}

std::vector<quota> quotas_in(const std::string& lines, std::vector<const char*> variables = {}) {
  return quotas_outcome(lines, std::move(variables)).chosen->quotas;
}

/// What is wrong with quotas that have these lines.
std::string quota_refusal(const std::string& lines) {
  return test::refusal_of([&] { quotas_in("gantry:\n  quotas:\n" + lines); });
}

const std::string one_quota = "gantry: {quotas: [{name: one, bytes: 1GB}]}\n";

} // namespace

BOOST_AUTO_TEST_SUITE(quotas)

BOOST_AUTO_TEST_CASE(a_list_is_read) {
  const auto made = quotas_in(R"(
gantry:
  quotas:
    - {name: team-a, repositories: team-a/x, bytes: 50GB, tags: 1000}
    - name: all
      bytes: 500GB
)");
  BOOST_REQUIRE(made.size() == 2u);
  BOOST_CHECK((made[0] == quota{.name = "team-a",
                                .within = repository_name::parse("team-a/x").value(),
                                .bytes = std::uint64_t{50} << 30,
                                .tags = 1000}));
  BOOST_CHECK((made[1] == quota{.name = "all", .bytes = std::uint64_t{500} << 30}));
  BOOST_TEST(quotas_in("").empty());
  BOOST_TEST(quotas_in("gantry: {quotas: }\n").empty());
}

BOOST_AUTO_TEST_CASE(mistakes_are_refused_by_line_and_key) {
  BOOST_TEST(quota_refusal("    - {name: a, byte: 1}\n") ==
             "c.yml: line 4, column 17: 'byte' is not a key of gantry.quotas; did you mean "
             "'bytes'?");
  BOOST_TEST(quota_refusal("    - {name: a, bytes: much}\n")
               .starts_with("c.yml: line 4, column 24: gantry.quotas.bytes: 'much' "));
  BOOST_TEST(quota_refusal("    - {name: a, bytes: 0}\n")
               .starts_with("c.yml: line 4, column 24: gantry.quotas.bytes: '0' "));
  BOOST_TEST(quota_refusal("    - {name: a, tags: -1}\n")
               .starts_with("c.yml: line 4, column 23: gantry.quotas.tags: '-1' "));
  BOOST_TEST(quota_refusal("    - {name: a, repositories: 'team/*', tags: 1}\n")
               .starts_with("c.yml: line 4, column 31: gantry.quotas.repositories: 'team/*' is "
                            "not the name of a repository: write one such as team-a"));
  BOOST_TEST(quota_refusal("    - {name: a b, tags: 1}\n")
               .starts_with("c.yml: line 4, column 14: gantry.quotas.name: 'a b' is not a name"));
  BOOST_TEST(quota_refusal("    - {name: a, bytes: }\n") ==
             "c.yml: line 4, column 17: gantry.quotas.bytes is empty: leave it out, or write a "
             "size, such as 50GB");
  BOOST_TEST(quota_refusal("    - {name: a, bytes: [1]}\n") ==
             "c.yml: line 4, column 24: gantry.quotas.bytes: write a size, such as 50GB");
  BOOST_TEST(
    quota_refusal("    name: a\n")
      .starts_with("c.yml: line 4, column 5: gantry.quotas: this is not a list of quotas"));
  BOOST_TEST(quota_refusal("    - a\n") ==
             "c.yml: line 4, column 7: gantry.quotas: this is not a map of settings");
  BOOST_TEST(test::refusal_of([] { quotas_in("gantry: {quota: []}\n"); }) ==
             "c.yml: line 2, column 10: 'quota' is not a key of gantry; did you mean 'quotas'?");
}

BOOST_AUTO_TEST_CASE(a_quota_needs_a_name_of_its_own_and_a_limit) {
  BOOST_TEST(quota_refusal("    - {bytes: 1}\n") ==
             "c.yml:4: gantry.quotas: the quota 0 has no name: write one, such as name: team-a");
  BOOST_TEST(quota_refusal("    - {name: a}\n") ==
             "c.yml:4: gantry.quotas: the quota 0 limits nothing: write bytes or tags, such as "
             "bytes: 50GB");
  BOOST_TEST(quota_refusal("    - {name: a, tags: 1}\n    - {name: a, tags: 2}\n") ==
             "c.yml:5: gantry.quotas: the quota 1 has the name of another one: a");
}

BOOST_AUTO_TEST_CASE(there_is_a_limit_of_quotas) {
  std::string many;
  for (std::size_t i = 0; i < max_quotas; ++i)
    many += "    - {name: q" + std::to_string(i) + ", tags: 1}\n";
  BOOST_TEST(quotas_in("gantry:\n  quotas:\n" + many).size() == max_quotas);
  BOOST_TEST(quota_refusal(many + "    - {name: more, tags: 1}\n")
               .ends_with("there are at most 1000 quotas, numbered from 0"));
}

BOOST_AUTO_TEST_CASE(variables_override_the_file_and_add_quotas) {
  const auto made = quotas_in(
    one_quota, {"REGISTRY_GANTRY_QUOTAS_0_BYTES=2", "REGISTRY_GANTRY_QUOTAS_1_NAME=two",
                "REGISTRY_GANTRY_QUOTAS_1_REPOSITORIES=team", "REGISTRY_GANTRY_QUOTAS_1_TAGS=3"});
  BOOST_REQUIRE(made.size() == 2u);
  BOOST_CHECK((made[0] == quota{.name = "one", .bytes = 2}));
  BOOST_CHECK(
    (made[1] == quota{.name = "two", .within = repository_name::parse("team").value(), .tags = 3}));
  const auto whole = quotas_in("", {"REGISTRY_GANTRY_QUOTAS=[{name: a, bytes: 7}]"});
  BOOST_REQUIRE(whole.size() == 1u);
  BOOST_CHECK((whole[0] == quota{.name = "a", .bytes = 7}));
}

BOOST_AUTO_TEST_CASE(wrong_variables_are_named) {
  BOOST_TEST(test::refusal_of([] {
               quotas_in(one_quota, {"REGISTRY_GANTRY_QUOTAS_0_BYTES=much"});
             }).starts_with("REGISTRY_GANTRY_QUOTAS_0_BYTES: 'much' "));
  BOOST_TEST(test::refusal_of([] {
               quotas_in(one_quota, {"REGISTRY_GANTRY_QUOTAS_2_BYTES=1"});
             }).starts_with("gantry.quotas: the quota 1 is missing"));
  const auto warnings = quotas_outcome(one_quota, {"REGISTRY_GANTRY_QUOTAS_0_BYTE=1"}).warnings;
  BOOST_REQUIRE(warnings.size() == 1u);
  BOOST_TEST(warnings[0].starts_with("REGISTRY_GANTRY_QUOTAS_0_BYTE has no effect"));
}

BOOST_AUTO_TEST_CASE(the_listing_can_be_read_again) {
  const auto effective =
    quotas_outcome("gantry:\n  gc: {interval: 5m}\n  pages: {default: 7}\n  rates: [address=1/s]\n"
                   "  quotas:\n    - {name: team-a, repositories: '${TEAM}', bytes: 1GB}\n"
                   "    - {name: all, tags: 9}\n",
                   {"TEAM=team-a"});
  const auto text = render(effective);
  BOOST_TEST(text.find("      repositories: '${TEAM}'") != std::string::npos, text);
  config::draft again;
  const char* const variables[] = {"TEAM=team-a", nullptr};
  read_file(again, "again.yml", text, config::environment{variables});
  BOOST_CHECK(*again.finish().chosen == *effective.chosen);
  BOOST_TEST(render(quotas_outcome("")).find("# gantry.quotas: none") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(other_quotas_are_a_change_that_needs_a_restart) {
  const settings before;
  auto after = before;
  BOOST_TEST(!compare(before, after).quotas);
  after.quotas.push_back({.name = "all", .tags = 1});
  BOOST_TEST(compare(before, after).quotas);
}

BOOST_AUTO_TEST_CASE(every_field_has_a_one_line_help) {
  BOOST_TEST(std::ranges::is_sorted(quota_fields(), {}, &quota_field::key));
  for (const auto& each : quota_fields())
    BOOST_TEST_CONTEXT(each.key) {
      BOOST_TEST(find_quota_field(each.key) == &each);
      BOOST_TEST(!each.help.empty());
      BOOST_TEST(!each.help.ends_with('.'));
      BOOST_TEST(each.help.find_first_of("|\n") == std::string_view::npos);
      BOOST_TEST(!each.fallback.empty());
    }
  BOOST_TEST(!find_quota_field("byte"));
}

BOOST_AUTO_TEST_SUITE_END()
