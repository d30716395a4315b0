#include "bench/load_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace bench = gantry::bench;
using namespace gantry::test;

namespace {

/// Three images of two layers.
bench::mount_storm_options storm(const std::string& url, std::uint64_t count = 60) {
  auto options = options_for<bench::mount_storm_options>(url, count);
  options.set_size = 3;
  return options;
}

bool mounts(const std::string& request) {
  return request.starts_with("POST") && request.find("mount=") < request.find('\r');
}

} // namespace

BOOST_AUTO_TEST_SUITE(mount_storm)

BOOST_AUTO_TEST_CASE(blobs_are_mounted_into_new_repositories) {
  const running_registry server{strict};
  const auto result = run(storm(url_of(server)));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 60u);
  BOOST_TEST(count_of(result, "POST mount") == 60u);

  const bench::image_source source{[] {
    auto settings = storm({}).images;
    settings.seed = 11;
    return settings;
  }()};
  registry_client client{server};
  for (const auto* into : {"m0", "m9"})
    for (const auto& layer : source.make(1).layers)
      BOOST_TEST(client.head(blob_path(bench::repository_named(11, into), layer.digest)).status ==
                 200);
}

BOOST_AUTO_TEST_CASE(it_keeps_every_pace) {
  check_every_pace(storm({}));
}

BOOST_AUTO_TEST_CASE(a_registry_that_does_not_mount_is_detected_and_left_without_uploads) {
  unsigned cancelled = 0;
  tampering_server server{[&](const std::string& request, std::string answer) -> std::string {
    if (mounts(request))
      return "HTTP/1.1 202 Accepted\r\nLocation: /upload/1\r\nContent-Length: 0\r\n\r\n";
    if (!request.starts_with("DELETE /upload/1 "))
      return answer;
    ++cancelled;
    return "HTTP/1.1 204 Gone\r\n\r\n";
  }};
  const auto result = run(storm(server.url(), 8));
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "POST mount", "not_mounted") == 8u);
  BOOST_TEST(count_of(result, "DELETE upload") == 8u);
  BOOST_TEST(cancelled == 8u);
}

BOOST_AUTO_TEST_CASE(a_mount_of_the_wrong_blob_is_detected) {
  tampering_server server{[](const std::string& request, std::string answer) {
    return mounts(request)
             ? "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nDocker-Content-Digest: " +
                 digest_of_nothing() + "\r\n\r\n"
             : answer;
  }};
  BOOST_TEST(errors_of(run(storm(server.url(), 8)), "POST mount", "other_digest") == 8u);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it) {
  tampering_server server{interrupt_after("POST", "mount=")};
  check_interrupted(run(storm(server.url(), 1'000'000)));
}

BOOST_AUTO_TEST_SUITE_END()
