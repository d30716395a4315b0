// How requests are counted, without a server.
#include "api/request_metrics.hpp"

#include "api/operations.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace gantry::api;

namespace {

const operation& named(std::string_view name) {
  for (const auto& each : gantry::api::operations())
    if (each.name == name)
      return each;
  throw std::invalid_argument{std::string{name}};
}

struct counting {
  gantry::api::request_metrics counts{2};

  void request(std::string_view name, unsigned status, bool hung_up = false) {
    const request_facts facts{.asked = name.empty() ? nullptr : &named(name)};
    gantry::http::finished_exchange seen;
    seen.status = status;
    seen.hung_up = hung_up;
    seen.bytes_sent = 100;
    seen.duration = std::chrono::microseconds{300};
    counts.begun();
    counts.finished({seen, facts});
  }

  std::string text() const {
    gantry::telemetry::exposition out;
    counts.render(out);
    return out.take();
  }
  bool shows(std::string_view line) const {
    return text().find(std::string{line} + "\n") != std::string::npos;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(request_metrics, counting)

BOOST_AUTO_TEST_CASE(nothing_is_shown_of_operations_without_requests) {
  BOOST_TEST(text().find("registry_http_requests_total{") == std::string::npos);
  BOOST_TEST(shows("registry_http_in_flight_requests 0"));
}

BOOST_AUTO_TEST_CASE(a_request_in_progress_is_in_flight) {
  counts.begun();
  BOOST_TEST(shows("registry_http_in_flight_requests 1"));
}

BOOST_AUTO_TEST_CASE(each_status_has_its_count) {
  request("put_manifest", 201);
  request("put_manifest", 201);
  request("put_manifest", 400);
  BOOST_TEST(
    shows(R"(registry_http_requests_total{handler="put_manifest",method="put",code="201"} 2)"));
  BOOST_TEST(
    shows(R"(registry_http_requests_total{handler="put_manifest",method="put",code="400"} 1)"));
}

BOOST_AUTO_TEST_CASE(a_status_that_the_server_never_sends_itself_is_counted_as_other) {
  request("base", 418);
  BOOST_TEST(shows(R"(registry_http_requests_total{handler="base",method="get",code="other"} 1)"));
}

BOOST_AUTO_TEST_CASE(a_client_that_left_counts_as_499) {
  request("append_upload", 400, true);
  BOOST_TEST(
    shows(R"(registry_http_requests_total{handler="append_upload",method="patch",code="499"} 1)"));
}

BOOST_AUTO_TEST_CASE(a_request_without_an_operation_is_counted) {
  request("", 400);
  BOOST_TEST(shows(R"(registry_http_requests_total{handler="none",method="none",code="400"} 1)"));
  BOOST_TEST(shows(R"(registry_http_response_size_bytes_sum{handler="none"} 100)"));
}

BOOST_AUTO_TEST_CASE(threads_lose_no_request) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) // more than shards
    threads.emplace_back([this] {
      for (int n = 0; n < 1000; ++n)
        request("get_manifest", 200);
    });
  for (auto& each : threads)
    each.join();
  BOOST_TEST(
    shows(R"(registry_http_requests_total{handler="get_manifest",method="get",code="200"} 5000)"));
  BOOST_TEST(shows(
    R"(registry_http_request_duration_seconds_count{handler="get_manifest",method="get"} 5000)"));
}

BOOST_AUTO_TEST_SUITE_END()
