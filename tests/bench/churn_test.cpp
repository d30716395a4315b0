#include "bench/load_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

namespace bench = gantry::bench;
using namespace gantry::test;

namespace {

bench::churn_options churning(const std::string& url, std::uint64_t count = 50) {
  auto options = options_for<bench::churn_options>(url, count);
  options.keep = 3;
  return options;
}

bool names(const std::string& request, const char* method, const char* in_target) {
  return request.starts_with(method) && request.find(in_target) < request.find('\r');
}

} // namespace

BOOST_AUTO_TEST_SUITE(churn)

BOOST_AUTO_TEST_CASE(each_connection_keeps_as_many_images_as_asked) {
  const running_registry server{strict};
  auto options = churning(url_of(server));
  options.clients.connections = 1;
  const auto result = run(options);
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 50u);
  BOOST_TEST(count_of(result, "DELETE manifest") == 47u);
  BOOST_TEST(count_of(result, "HEAD manifest") == 47u);
  // A config and two layers.
  BOOST_TEST(count_of(result, "DELETE blob") == 3 * 47u);

  auto settings = options.images;
  settings.seed = 11;
  const bench::image_source source{settings};
  registry_client client{server};
  for (std::uint64_t number = 0; number < 50; ++number) {
    const auto image = source.make(number);
    BOOST_TEST(client.head(manifest_path(image.repository, image.tag)).status ==
               (number < 47 ? 404 : 200));
    BOOST_TEST(client.head(blob_path(image.repository, image.layers[0].digest)).status ==
               (number < 47 ? 404 : 200));
  }
}

BOOST_AUTO_TEST_CASE(each_connection_keeps_its_own_images) {
  const running_registry server{strict};
  const auto result = run(churning(url_of(server)));
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 50u);
  BOOST_TEST(count_of(result, "DELETE manifest") >= 50u - 4 * 3);
}

BOOST_AUTO_TEST_CASE(it_keeps_every_pace) {
  check_every_pace(churning({}));
}

BOOST_AUTO_TEST_CASE(a_registry_that_keeps_its_blobs_is_asked_once) {
  tampering_server server{[](const std::string& request, std::string answer) {
    return names(request, "DELETE", "/blobs/") ? "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n"
                                               : answer;
  }};
  auto options = churning(server.url());
  options.clients.connections = 1;
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "DELETE manifest") == 47u);
  BOOST_TEST(count_of(result, "DELETE blob") == 1u);
}

BOOST_AUTO_TEST_CASE(refused_deletes_are_errors) {
  tampering_server server{[](const std::string& request, std::string answer) {
    return names(request, "DELETE", "/manifests/") ? "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n"
                                                   : answer;
  }};
  auto options = churning(server.url(), 8);
  options.clients.connections = 1;
  BOOST_TEST(errors_of(run(options), "DELETE manifest", "status_405") == 5u);
}

BOOST_AUTO_TEST_CASE(a_deleted_image_that_is_still_there_is_detected) {
  tampering_server server{[](const std::string& request, std::string answer) {
    return names(request, "HEAD", "/manifests/") ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                                                 : answer;
  }};
  auto options = churning(server.url(), 8);
  options.clients.connections = 1;
  const auto result = run(options);
  BOOST_TEST(errors_of(result, "HEAD manifest", "still_there") == 5u);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it) {
  tampering_server server{interrupt_after("DELETE", "/manifests/")};
  check_interrupted(run(churning(server.url(), 1'000'000)));
}

BOOST_AUTO_TEST_SUITE_END()
