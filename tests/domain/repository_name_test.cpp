// The grammar of repository names.
#include "domain/repository_name.hpp"

#include "support/mutation.hpp"
#include "support/print.hpp"

#include <boost/regex.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

using gantry::errc;

namespace {

struct name_case {
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const name_case& sample) {
  return out << '"' << sample.text << '"';
}

// case 16
const name_case valid[] = {
  {"a"},
  {"0"},
  {"a/b"},
  {"a.b"},
  {"a_b"},
  {"a__b"},
  {"a-b"},
  {"a---b"},
  {"a/b/c/d/e/f/g"},
  {"library/hello-world"},
  {"blobs"},
  {"tags/list"},
  {"manifests/blobs"},
  {std::string(255, 'a')},
};

// cases 12, 13, 15, 16
const name_case invalid[] = {
  {""},
  {"a___b"},
  {"-a"},
  {"a-"},
  {"_a"},
  {"a."},
  {"a..b"},
  {"a._b"},
  {"a-_b"},
  {"a//b"},
  {"a/"},
  {"/a"},
  {"/"},
  {"UPPER"},
  {"a/../b"},
  {"."},
  {".."},
  {"a b"},
  {"a:b"},
  {"a@b"},
  {"\xC3\xA4"},
  {"a\n"},
  {std::string("a\0", 2)},
  {std::string(256, 'a')},
};

} // namespace

BOOST_AUTO_TEST_SUITE(repository_name)

using gantry::repository_name;

BOOST_DATA_TEST_CASE(a_valid_name_is_kept_unchanged, boost::unit_test::data::make(valid)) {
  const auto parsed = repository_name::parse(sample.text);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->to_string() == sample.text);
}

BOOST_DATA_TEST_CASE(any_other_name_is_refused, boost::unit_test::data::make(invalid)) {
  const auto parsed = repository_name::parse(sample.text);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST(parsed.error().code == errc::name_invalid);
}

BOOST_AUTO_TEST_CASE(a_name_is_within_whole_components) {
  const auto is_within = [](std::string_view name, std::string_view top) {
    return gantry::is_within(gantry::repository_name::parse(name).value(),
                             gantry::repository_name::parse(top).value());
  };
  BOOST_TEST(is_within("team", "team"));
  BOOST_TEST(is_within("team/app", "team"));
  BOOST_TEST(is_within("team/app/x", "team/app"));
  for (const auto* other : {"teams", "team-a", "team.a/app", "tea", "other/team", "a"})
    BOOST_TEST(!is_within(other, "team"), other);
  BOOST_TEST(!is_within("team", "team/app"));
}

BOOST_AUTO_TEST_CASE(names_are_ordered_bytewise) {
  const auto parse = [](const char* text) { return repository_name::parse(text).value(); };
  BOOST_TEST((parse("a-b") < parse("a/b")));
  BOOST_TEST((parse("10") < parse("9")));
}

BOOST_AUTO_TEST_CASE(damaged_names_are_judged_like_the_regular_expression_of_the_spec) {
  const boost::regex grammar{
    R"([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)"};
  gantry::test::mutator damage;
  for (int round = 0; round < 4000; ++round) {
    const std::string text = damage("a.b/c__d/e--f_0");
    if (repository_name::parse(text).has_value() != boost::regex_match(text, grammar))
      BOOST_ERROR("judged differently: " << text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
