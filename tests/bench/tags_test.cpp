#include "bench/load_fixture.hpp"
#include "bench/seeded_random.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace bench = gantry::bench;
using namespace gantry::test;

namespace {

bench::tags_options racing(const std::string& url, std::uint64_t count = 200) {
  auto options = options_for<bench::tags_options>(url, count);
  options.tags = 3;
  options.set_size = 5;
  return options;
}

bool moves_tag(const std::string& request) {
  return request.starts_with("PUT") && request.find("/manifests/race") < request.find('\r');
}

bool reads_tag(const std::string& request) {
  return request.starts_with("GET") && request.find("/manifests/race") < request.find('\r');
}

} // namespace

BOOST_AUTO_TEST_SUITE(tags)

BOOST_AUTO_TEST_CASE(tags_end_at_an_acknowledged_move) {
  const running_registry server{strict};
  const auto result = run(racing(url_of(server)));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 200u);
  BOOST_TEST(count_of(result, "PUT manifest") == 200u);
  BOOST_TEST(count_of(result, "GET manifest") == 0u);
  BOOST_TEST(result.table.find("moves/s") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_keeps_every_pace) {
  check_every_pace(racing({}));
}

BOOST_AUTO_TEST_CASE(a_missing_tag_is_detected_after_the_race) {
  tampering_server server{[](const std::string& request, std::string answer) {
    return reads_tag(request) ? "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" : answer;
  }};
  const auto result = run(racing(server.url()));
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "GET manifest", "lost_tag") == 3u);
}

BOOST_AUTO_TEST_CASE(a_resurrected_old_move_is_detected) {
  std::string first;
  tampering_server server{[&](const std::string& request, std::string answer) {
    if (moves_tag(request) && first.empty())
      first = request.substr(request.find("\r\n\r\n") + 4);
    if (!reads_tag(request))
      return answer;
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(first.size()) + "\r\n\r\n" +
           first;
  }};
  auto options = racing(server.url());
  options.clients.connections = 1;
  options.tags = 1;
  const auto value = [&](std::uint64_t number) {
    return bench::seeded_random(*options.seed, number, 1) % 5;
  };
  while (value(0) == value(199))
    ++*options.seed;
  const auto result = run(options);
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "GET manifest", "lost_tag") == 1u);
}

BOOST_AUTO_TEST_CASE(a_body_that_does_not_match_its_digest_is_detected) {
  tampering_server server{[](const std::string& request, std::string answer) {
    if (reads_tag(request))
      answer.back() = ' ';
    return answer;
  }};
  const auto result = run(racing(server.url()));
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "GET manifest", "other_bytes") == 3u);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_and_tags_are_still_read) {
  unsigned reads = 0;
  auto interrupt = interrupt_after("PUT", "/manifests/race");
  tampering_server server{[&](const std::string& request, std::string answer) {
    reads += reads_tag(request) ? 1 : 0;
    return interrupt(request, std::move(answer));
  }};
  check_interrupted(run(racing(server.url(), 1'000'000)));
  BOOST_TEST(reads == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
