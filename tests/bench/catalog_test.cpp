#include "bench/load_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace bench = gantry::bench;
using namespace gantry::test;

namespace {

bench::catalog_options listed(const std::string& url, std::uint64_t count = 20) {
  auto options = options_for<bench::catalog_options>(url, count);
  options.images.repositories = 12;
  options.tags = 7;
  options.page = 5;
  return options;
}

/// Removes one name from every answer whose request target contains this text.
tampering_server::change without(std::string_view name, std::string_view in_target) {
  return [name, in_target](const std::string& request, std::string answer) {
    const auto at = answer.find(name);
    if (request.find(in_target) < request.find('\r') && at != std::string::npos)
      // Another name of the same length, sorted later, so that the page stays well-formed.
      answer.replace(at + name.size() - 1, 1, "~");
    return answer;
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(catalog)

BOOST_AUTO_TEST_CASE(each_walk_sees_everything_page_by_page) {
  const running_registry server{strict};
  registry_client client{server};
  client.push_manifest("a/stranger", "t", lone_manifest("a"));
  const auto result = run(listed(url_of(server)));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 20u);
  // 13 names and 7 tags, 5 per page.
  BOOST_TEST(count_of(result, "GET catalog") == 60u);
  BOOST_TEST(count_of(result, "GET tags") == 40u);
}

BOOST_AUTO_TEST_CASE(it_keeps_every_pace) {
  check_every_pace(listed({}));
}

BOOST_AUTO_TEST_CASE(a_missing_repository_is_detected) {
  tampering_server server{without("-9", "/v2/_catalog")};
  const auto result = run(listed(server.url(), 8));
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "GET catalog", "gap") > 0u);
  BOOST_TEST(errors_of(result) == errors_of(result, "GET catalog", "gap"));
}

BOOST_AUTO_TEST_CASE(a_missing_tag_is_detected) {
  tampering_server server{without("\"t6", "/tags/list")};
  const auto result = run(listed(server.url(), 8));
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "GET tags", "gap") == 8u);
}

BOOST_AUTO_TEST_CASE(a_list_that_ends_too_early_or_never_is_detected) {
  for (const bool early : {true, false}) {
    std::string first;
    tampering_server server{[&](const std::string& request, std::string answer) {
      if (!request.starts_with("GET /v2/_catalog"))
        return answer;
      if (first.empty())
        first = answer;
      const auto link = answer.find("Link");
      if (early && link != std::string::npos)
        answer.replace(link, 4, "Lunk");
      return early ? answer : first;
    }};
    const auto result = run(listed(server.url(), 8));
    BOOST_TEST(result.exit_code == 1);
    BOOST_TEST(errors_of(result, "GET catalog", early ? "gap" : "unsorted") == 8u);
  }
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it) {
  tampering_server server{interrupt_after("GET", "/tags/list")};
  check_interrupted(run(listed(server.url(), 1'000'000)));
}

BOOST_AUTO_TEST_SUITE_END()
