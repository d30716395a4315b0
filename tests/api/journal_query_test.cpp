// The parameters of requests for recorded requests.
#include "api/journal_query.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

using namespace gantry;
using namespace gantry::api;
using namespace std::chrono_literals;

namespace {

result<journal_query> read(std::string_view query, std::size_t capacity = 100) {
  return read_journal_query(http::query_parameters{query}, capacity);
}

} // namespace

BOOST_AUTO_TEST_SUITE(journal_query)

BOOST_AUTO_TEST_CASE(without_parameters_everything_is_wanted) {
  const auto asked = read("").value();
  BOOST_TEST((asked.which == journal::filter{}));
  BOOST_TEST(!asked.has_since);
  BOOST_TEST(asked.most == 1000U);
  BOOST_TEST(asked.count == 1U);
  BOOST_CHECK(asked.timeout == 5s);
}

BOOST_AUTO_TEST_CASE(each_parameter_is_read) {
  const auto asked = read("method=GET&operation=get_manifest&repository=a/b&path=%2Fmanifests%2F&"
                          "status=4xx&user_agent=skopeo&fault=hub-429&since=7&n=3&count=2&"
                          "timeout=500ms")
                       .value();
  BOOST_TEST(asked.which.method == "GET");
  BOOST_TEST(asked.which.operation == "get_manifest");
  BOOST_TEST(asked.which.repository == "a/b");
  BOOST_TEST(asked.which.path == "/manifests/");
  BOOST_TEST((asked.which.status == journal::status_range{400, 499}));
  BOOST_TEST(asked.which.user_agent == "skopeo");
  BOOST_TEST(asked.which.fault == "hub-429");
  BOOST_TEST(asked.which.since == 7U);
  BOOST_TEST(asked.has_since);
  BOOST_TEST(asked.most == 3U);
  BOOST_TEST(asked.count == 2U);
  BOOST_CHECK(asked.timeout == 500ms);
}

BOOST_AUTO_TEST_CASE(a_duration_has_a_unit_and_a_maximum) {
  BOOST_CHECK(read("timeout=0s").value().timeout == 0s);
  BOOST_CHECK(read("timeout=60s").value().timeout == 60s);
  BOOST_CHECK(read("timeout=60000ms").value().timeout == 60s);
  for (const auto* wrong :
       {"", "5", "61s", "60001ms", "-1s", "1.5s", "s", "ms", "1m", "1 s", "99999999999999999999s"})
    BOOST_TEST(read(std::string{"timeout="} + wrong).error().detail ==
               "timeout: '" + std::string{wrong} +
                 "' is not a duration such as 500ms or 2s, of at most 60s");
}

BOOST_AUTO_TEST_CASE(a_wrong_parameter_is_named_with_what_is_allowed) {
  const std::pair<std::string_view, std::string_view> cases[] = {
    {"method=get", "method: 'get' is not a method in capitals, such as GET"},
    {"operation=pull",
     "operation: 'pull' is not an operation, such as get_manifest or put_manifest"},
    {"repository=A", "repository: 'A' is not the name of a repository, such as library/alpine"},
    {"path=", "path: '' is not a part of a path, such as /manifests/"},
    {"status=40", "status: '40' is not a status such as 404, or a class such as 4xx"},
    {"fault=", "fault: '' is not a text: leave the parameter out to match all"},
    {"since=-1", "since: '-1' is not a number from 0 to 9223372036854775807"},
    {"n=0", "n: '0' is not a number from 1 to 1000"},
    {"n=1001", "n: '1001' is not a number from 1 to 1000"},
    {"count=101", "count: '101' is not a number from 1 to 100"},
  };
  for (const auto& [query, detail] : cases) {
    const auto asked = read(query);
    BOOST_REQUIRE(!asked);
    BOOST_CHECK(asked.error().code == errc::request_invalid);
    BOOST_TEST(asked.error().detail == detail);
  }
}

BOOST_AUTO_TEST_CASE(malformed_encoding_is_refused) {
  BOOST_CHECK(read("path=%zz").error().code == errc::request_invalid);
}

BOOST_AUTO_TEST_SUITE_END()
