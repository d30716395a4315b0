#include "bench/load_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace bench = gantry::bench;
using namespace gantry::test;

namespace {

bench::resume_options cut(const std::string& url, std::uint64_t count = 20) {
  auto options = options_for<bench::resume_options>(url, count);
  options.images.layers = 1;
  options.uploads.chunk_size = 4096;
  options.cuts = 3;
  return options;
}

bool asks_for_offset(const std::string& request) {
  return request.starts_with("GET") && request.find("/blobs/uploads/") < request.find('\r');
}

void replace(std::string& text, const std::string& what, const std::string& by) {
  if (const auto at = text.find(what); at != std::string::npos)
    text.replace(at, what.size(), by);
}

/// A proxy that forwards only whole requests: bytes of a cut one are lost.
outcome run_tampered(tampering_server::change tamper) {
  const tampering_server server{std::move(tamper)};
  return run(cut(server.url()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(resume)

BOOST_AUTO_TEST_CASE(interrupted_uploads_complete) {
  const running_registry server{strict};
  const auto result = run(cut(url_of(server)));
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "image") == 20u);
  for (const auto* once : {"POST upload", "PUT upload", "HEAD blob"})
    BOOST_TEST(count_of(result, once) == 20u);
  BOOST_TEST(count_of(result, "PATCH cut") == 60u);
  BOOST_TEST(count_of(result, "GET upload") >= 60u);
  BOOST_TEST(result.figures.at("bytes").to_number<std::uint64_t>() == 200'000u);

  auto settings = cut({}).images;
  settings.seed = 11;
  const bench::image_source source{settings};
  const auto image = source.make(7);
  registry_client client{server};
  const auto layer = client.get(blob_path(image.repository, image.layers[0].digest));
  BOOST_TEST(sha256(layer.body) == image.layers[0].digest);
}

BOOST_AUTO_TEST_CASE(it_keeps_every_pace) {
  check_every_pace(cut({}));
}

BOOST_AUTO_TEST_CASE(a_lost_chunk_is_sent_again) {
  const auto result = run_tampered([](const std::string&, std::string answer) { return answer; });
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(count_of(result, "PATCH cut") == 60u);
  BOOST_TEST(count_of(result, "HEAD blob") == 20u);
}

BOOST_AUTO_TEST_CASE(a_busy_registry_is_asked_again) {
  bool asked = false;
  unsigned chunks = 0;
  unsigned refused = 0;
  const tampering_server server{[](const std::string&, std::string answer) { return answer; },
                                [&](const std::string& request) -> std::string {
                                  asked = asked || asks_for_offset(request);
                                  if (!request.starts_with("PATCH") ||
                                      !std::exchange(asked, false) || ++chunks % 2 == 0)
                                    return {};
                                  ++refused;
                                  return "HTTP/1.1 409 Busy\r\nContent-Length: 0\r\n\r\n";
                                }};
  auto options = cut(server.url());
  options.clients.connections = 1;
  const auto result = run(options);
  BOOST_TEST(errors_of(result) == 0u, result.table);
  BOOST_TEST(refused > 0u);
  BOOST_TEST(count_of(result, "GET upload") == 60 + refused);
}

BOOST_AUTO_TEST_CASE(lost_acknowledged_bytes_are_detected) {
  const auto result = run_tampered([](const std::string& request, std::string answer) {
    if (asks_for_offset(request))
      replace(answer, "Range: 0-8191", "Range: 0-4095");
    return answer;
  });
  BOOST_TEST(errors_of(result, "GET upload", "lost_bytes") > 0u);
  BOOST_TEST(errors_of(result) == errors_of(result, "GET upload", "lost_bytes"));
}

BOOST_AUTO_TEST_CASE(bytes_that_were_never_sent_are_detected) {
  const auto result = run_tampered([](const std::string& request, std::string answer) {
    if (asks_for_offset(request))
      replace(answer, "Range: 0-", "Range: 0-77777");
    return answer;
  });
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(errors_of(result, "GET upload", "other_range") == 20u);
}

BOOST_AUTO_TEST_CASE(a_blob_of_another_size_is_detected) {
  const auto result = run_tampered([](const std::string& request, std::string answer) {
    if (request.starts_with("HEAD"))
      replace(answer, "Content-Length: 10000", "Content-Length: 10001");
    return answer;
  });
  BOOST_TEST(errors_of(result, "HEAD blob", "other_size") == 20u);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it) {
  tampering_server server{interrupt_after("HEAD", "/blobs/")};
  check_interrupted(run(cut(server.url(), 1'000'000)));
}

BOOST_AUTO_TEST_SUITE_END()
