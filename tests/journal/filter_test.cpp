// Which entries match.
#include "journal/filter.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::journal;

BOOST_AUTO_TEST_SUITE(filter)

namespace {

entry pulled() {
  entry seen;
  seen.sequence = 7;
  seen.set_method("GET");
  seen.set_target("/v2/a/b/manifests/latest?ns=docker.io");
  seen.status = 404;
  seen.operation = "get_manifest";
  seen.repository = "a/b";
  seen.add_field("User-Agent", "skopeo/1.9.3");
  seen.fault = "hub-429";
  return seen;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_empty_filter_matches_all) {
  BOOST_TEST(gantry::journal::filter{}.matches(pulled()));
}

BOOST_AUTO_TEST_CASE(each_member_must_match) {
  const auto seen = pulled();
  const auto matches = [&](auto adjust) {
    gantry::journal::filter which;
    adjust(which);
    return which.matches(seen);
  };
  BOOST_TEST(matches([](auto& f) { f.method = "GET"; }));
  BOOST_TEST(!matches([](auto& f) { f.method = "HEAD"; }));
  BOOST_TEST(matches([](auto& f) { f.operation = "get_manifest"; }));
  BOOST_TEST(!matches([](auto& f) { f.operation = "get_blob"; }));
  BOOST_TEST(matches([](auto& f) { f.repository = "a/b"; }));
  BOOST_TEST(!matches([](auto& f) { f.repository = "a"; }));
  BOOST_TEST(matches([](auto& f) { f.path = "manifests/la"; }));
  BOOST_TEST(!matches([](auto& f) { f.path = "docker.io"; }));
  BOOST_TEST(matches([](auto& f) { f.status = {404, 404}; }));
  BOOST_TEST(!matches([](auto& f) { f.status = {200, 299}; }));
  BOOST_TEST(matches([](auto& f) { f.user_agent = "skopeo"; }));
  BOOST_TEST(!matches([](auto& f) { f.user_agent = "docker"; }));
  BOOST_TEST(matches([](auto& f) { f.fault = "hub-429"; }));
  BOOST_TEST(!matches([](auto& f) { f.fault = "hub"; }));
  BOOST_TEST(matches([](auto& f) { f.since = 6; }));
  BOOST_TEST(!matches([](auto& f) { f.since = 7; }));
}

BOOST_AUTO_TEST_CASE(a_status_is_a_number_or_a_class) {
  BOOST_TEST((parse_status("404") == status_range{404, 404}));
  BOOST_TEST((parse_status("4xx") == status_range{400, 499}));
  for (const auto* wrong : {"", "4", "40", "4x", "xxx", "0xx", "6xx", "600", "099", "4040", "+04",
                            "-04", "4XX", "40x", " 40"})
    BOOST_TEST(!parse_status(wrong), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
