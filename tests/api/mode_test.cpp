#include "api/mode.hpp"

#include "api/request_parser.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <ostream>
#include <string>

using namespace gantry;

namespace {

struct request_line {
  const char* method;
  const char* target;
  bool writes;
  bool deletes;

  friend std::ostream& operator<<(std::ostream& out, const request_line& row) {
    return out << row.method << ' ' << row.target;
  }
  api::api_request parse() const {
    std::string filled = target;
    if (const auto at = filled.find('$'); at != std::string::npos)
      filled.replace(at, 1, digest::of("x").to_string());
    if (const auto at = filled.find('@'); at != std::string::npos)
      filled.replace(at, 1, upload_id::generate().to_string());
    return api::parse_request(method, filled, {}).value();
  }
};

const request_line lines[] = {
  {"GET", "/", false, false},
  {"GET", "/health", false, false},
  {"GET", "/readyz", false, false},
  {"POST", "/__parlel/reset", false, false},
  {"GET", "/v2/", false, false},
  {"GET", "/v2/_catalog", false, false},
  {"GET", "/v2/a/tags/list", false, false},
  {"GET", "/v2/a/blobs/$", false, false},
  {"HEAD", "/v2/a/manifests/1", false, false},
  {"GET", "/v2/a/referrers/$", false, false},
  {"OPTIONS", "/v2/a/blobs/$", false, false},
  {"GET", "/v2/a/blobs/uploads/@", false, false},
  {"POST", "/v2/a/blobs/uploads/", true, false},
  {"PATCH", "/v2/a/blobs/uploads/@", true, false},
  {"PUT", "/v2/a/blobs/uploads/@?digest=$", true, false},
  {"DELETE", "/v2/a/blobs/uploads/@", true, false},
  {"PUT", "/v2/a/manifests/1", true, false},
  {"DELETE", "/v2/a/manifests/1", false, true},
  {"DELETE", "/v2/a/blobs/$", false, true},
};

} // namespace

BOOST_AUTO_TEST_SUITE(mode)

BOOST_DATA_TEST_CASE(a_read_only_registry_refuses_every_change,
                     boost::unit_test::data::make(lines)) {
  // cases 118, 149, 164
  api::options mode;
  mode.read_only = true;
  const auto refused = api::refuse_by_mode(api::operation_of(sample.parse()), mode);
  BOOST_TEST(refused.has_value() == (sample.writes || sample.deletes));
  BOOST_CHECK(refused.value_or(errc::read_only) == errc::read_only);
}

BOOST_DATA_TEST_CASE(deleting_has_a_separate_switch, boost::unit_test::data::make(lines)) {
  // case 163
  api::options mode;
  mode.allow_delete = false;
  const auto refused = api::refuse_by_mode(api::operation_of(sample.parse()), mode);
  BOOST_TEST(refused.has_value() == sample.deletes);
}

BOOST_DATA_TEST_CASE(by_default_everything_is_allowed, boost::unit_test::data::make(lines)) {
  BOOST_TEST(!api::refuse_by_mode(api::operation_of(sample.parse()), {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_refusal_lists_the_methods_that_the_mode_allows) {
  api::options mode;
  mode.allow_delete = false;
  BOOST_TEST(api::methods_in_mode("/v2/<name>/manifests/<reference>", mode) == "GET, HEAD, PUT");
  // Cancelling an upload deletes no content.
  BOOST_TEST(api::methods_in_mode("/v2/<name>/blobs/uploads/<id>", mode) ==
             "DELETE, GET, HEAD, PATCH, PUT");
  mode.read_only = true;
  BOOST_TEST(api::methods_in_mode("/v2/<name>/manifests/<reference>", mode) == "GET, HEAD");
  BOOST_TEST(api::methods_in_mode("/v2/<name>/blobs/uploads/", mode) == "");
  BOOST_TEST(api::methods_in_mode("/__gantry/gc", mode) == "GET, HEAD, POST");
}

BOOST_AUTO_TEST_CASE(clients_of_this_machine_steer_unless_they_came_through_a_proxy) {
  using net::relay;
  api::options mode;
  for (const auto* here : {"127.0.0.1:1", "127.1.2.3", "[::1]:1", "::1", "unix"}) {
    BOOST_TEST(api::may_steer(here, relay::none, mode), here);
    BOOST_TEST(!api::may_steer(here, relay::named, mode), here);
    BOOST_TEST(!api::may_steer(here, relay::unnamed, mode), here);
  }
  for (const auto* elsewhere : {"203.0.113.9:1", "[2001:db8::1]:1", "1270.0.0.1", "[::12]:1", "-"})
    BOOST_TEST(!api::may_steer(elsewhere, relay::none, mode), elsewhere);
  mode.steered_by = api::control::any;
  BOOST_TEST(api::may_steer("203.0.113.9:1", relay::named, mode));
  mode.steered_by = api::control::off;
  BOOST_TEST(!api::may_steer("127.0.0.1:1", relay::none, mode));
}

BOOST_AUTO_TEST_SUITE_END()
