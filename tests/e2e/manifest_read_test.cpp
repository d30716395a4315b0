// Reading manifests: by tag and by digest, conditionally, with any Accept.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::test;

namespace {

struct one_image : registry_case {
  pushed_image image = client.push_image("mread/image", "t", "read");
  std::vector<std::string> targets{manifest_path("mread/image", "t"),
                                   manifest_path("mread/image", image.digest)};
};

void check_manifest_headers(const http_response& response, const pushed_image& image) {
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("Content-Type") == image.media_type);
  BOOST_TEST(response.header("Content-Length") == std::to_string(image.bytes.size()));
  BOOST_TEST(response.header("Docker-Content-Digest") == image.digest);
  BOOST_TEST(response.header("ETag") == '"' + image.digest + '"');
  BOOST_TEST(response.header("Cache-Control") == "no-transform");
  BOOST_TEST(response.header("Docker-Distribution-Api-Version") == "registry/2.0");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(manifest_read, one_image, *boost::unit_test::fixture<shared_registry>())

// case 151
BOOST_AUTO_TEST_CASE(an_absent_manifest_is_unknown) {
  for (const auto& target :
       {manifest_path("mread/image", "absent"), manifest_path("mread/image", digest_of_nothing()),
        manifest_path("mread/no-such", "t"), manifest_path("mread/no-such", digest_of_nothing())}) {
    const auto response = expect_error(client, {"GET", target}, 404, "MANIFEST_UNKNOWN");
    BOOST_TEST(response.body.find(R"("message":"manifest unknown")") != std::string::npos);
    const auto head = client.head(target);
    BOOST_TEST(head.status == 404);
    BOOST_TEST(head.header("Content-Length") == response.header("Content-Length"));
  }
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 151
BOOST_AUTO_TEST_CASE(a_manifest_of_another_repository_is_unknown) {
  client.push_image("mread/other", "t", "other");
  expect_error(client, {"GET", manifest_path("mread/other", image.digest)}, 404,
               "MANIFEST_UNKNOWN");
}

// case 152
BOOST_AUTO_TEST_CASE(the_exact_bytes_come_by_tag_and_by_digest) {
  for (const auto& target : targets) {
    const auto response = client.get(target);
    check_manifest_headers(response, image);
    BOOST_TEST(response.body == image.bytes);
  }
}

// case 153
BOOST_AUTO_TEST_CASE(a_head_has_the_same_headers_and_no_body) {
  for (const auto& target : targets) {
    check_manifest_headers(client.head(target), image);
    BOOST_TEST(client.get("/v2/").status == 200);
  }
}

// case 154
BOOST_AUTO_TEST_CASE(accept_never_hides_a_manifest) {
  const std::vector<header_list> accepts{
    {},
    {{"Accept", "*/*"}},
    {{"Accept", "application/json"}},
    {{"Accept", types::docker_manifest}},
    {{"Accept", std::string{types::index} + ", " + types::manifest}},
    {{"Accept", types::docker_list}, {"Accept", types::manifest}},
    {{"Accept", std::string{" "} + types::manifest + " ; q=0.8 "}}};
  for (std::size_t row = 0; row < accepts.size(); ++row)
    for (const auto& target : targets) {
      BOOST_TEST_CONTEXT("row " << row << ", " << target) {
        const auto response = client.get(target, accepts[row]);
        check_manifest_headers(response, image);
        BOOST_TEST(response.body == image.bytes);
        check_manifest_headers(client.head(target, accepts[row]), image);
      }
    }
}

// case 156
BOOST_AUTO_TEST_CASE(a_known_etag_saves_the_bytes) {
  const auto etag = '"' + image.digest + '"';
  for (const auto& known : {etag, image.digest, "W/" + etag, "\"other\", " + etag})
    for (const auto& target : targets) {
      const auto response = client.get(target, {{"If-None-Match", known}});
      BOOST_TEST(response.status == 304);
      BOOST_TEST(response.header("ETag") == etag);
      BOOST_TEST(client.head(target, {{"If-None-Match", known}}).status == 304);
    }
  BOOST_TEST(client.get(targets[0], {{"If-None-Match", "\"other\""}}).status == 200);
}

// case 157
BOOST_DATA_TEST_CASE_F(registry_case, a_malformed_digest_never_breaks_the_server,
                       boost::unit_test::data::make(std::vector<std::string>{
                         "sha256:baddigeststring",
                         "sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e", ":", "a:b:c",
                         "sha256:" + std::string(64, 'A'), "sha256:" + std::string(4000, 'a')}),
                       text) {
  expect_error(client, {"GET", manifest_path("mread/image", text)}, 400, "DIGEST_INVALID");
  BOOST_TEST(client.head(manifest_path("mread/image", text)).status == 400);
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 159
BOOST_AUTO_TEST_CASE(configured_headers_are_on_every_answer) {
  running_registry server{[](auto& settings) {
    settings.api.headers = {{"X-Content-Type-Options", "nosniff"}, {"X-Other", "one, two"}};
  }};
  registry_client asking{server};
  asking.push_manifest("mread/headers", "t", lone_manifest("x"));
  for (const auto& target :
       {std::string{"/"}, std::string{"/v2/"}, std::string{"/health"}, std::string{"/nowhere"},
        manifest_path("mread/headers", "t"), manifest_path("mread/headers", "absent"),
        blob_path("mread/headers", digest_of_nothing())}) {
    const auto response = asking.get(target);
    BOOST_TEST(response.header("X-Content-Type-Options") == "nosniff");
    BOOST_TEST(response.header("X-Other") == "one, two");
  }
  BOOST_TEST(asking.post(uploads_path("mread/headers")).header("X-Other") == "one, two");
  BOOST_TEST(asking.request("OPTIONS", "/v2/").header("X-Other") == "one, two");
}

BOOST_AUTO_TEST_SUITE_END()
