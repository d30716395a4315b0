// What archives do not hold, and what belongs to one connection.
#include "recorder/masking.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry::recorder;

BOOST_AUTO_TEST_SUITE(masking)

BOOST_AUTO_TEST_CASE(secret_parameters_and_fields_are_masked) {
  BOOST_TEST(masked_target("/token?service=a&password=x&scope=b") ==
             "/token?service=a&password=***&scope=b");
  BOOST_TEST(masked_value("authorization", "Basic YTpi") == "***");
  BOOST_TEST(masked_value("Set-Cookie", "a=b") == "***");
  BOOST_TEST(masked_value("Location", "/v2/x?token=secret") == "/v2/x?token=***");
  BOOST_TEST(masked_value("WWW-Authenticate", "Bearer realm=\"http://a/token\"") ==
             "Bearer realm=\"http://a/token\"");
}

BOOST_AUTO_TEST_CASE(tokens_of_a_token_server_are_masked) {
  BOOST_TEST(masked_body("/token?scope=a", R"({"token":"x","access_token":"y","expires_in":60})") ==
             R"({"token":"***","access_token":"***","expires_in":60})");
  BOOST_TEST(masked_body("/token", " {\"refresh_token\": \"z\"}") == R"({"refresh_token":"***"})");
}

BOOST_AUTO_TEST_CASE(other_bodies_stay_as_they_are) {
  for (const std::string body : {"", "{", "[\"token\"]", "{ \"name\": \"token\" }", "token=x",
                                 R"({"nested":{"token":"x"}})", R"({"token":7})"})
    BOOST_TEST(masked_body("/v2/a/tags/list", body) == body);
  const std::string content = R"({"token":"part of an image"})";
  BOOST_TEST(masked_body("/v2/a/blobs/sha256:0", content) == content);
  BOOST_TEST(masked_body("/v2/a/manifests/1", content) == content);
  BOOST_TEST(masked_body("/token?scope=/blobs/", content) == R"({"token":"***"})");
}

BOOST_AUTO_TEST_CASE(fields_of_one_connection_are_known) {
  for (const auto* name : {"Connection", "content-length", "Transfer-Encoding", "TE", "X-Own"})
    BOOST_TEST(is_hop_by_hop(name, "close, x-own"));
  for (const auto* name : {"Content-Type", "Range", "Authorization", "X-Other"})
    BOOST_TEST(!is_hop_by_hop(name, "close, x-own"));
}

BOOST_AUTO_TEST_CASE(a_location_on_the_registry_becomes_a_path) {
  BOOST_TEST(local_location("http://registry:5000/v2/a?_state=b", "registry:5000") ==
             "/v2/a?_state=b");
  BOOST_TEST(local_location("https://Registry/v2/", "registry:443") == "/v2/");
  BOOST_TEST(local_location("http://registry:80", "registry") == "/");
  BOOST_TEST(local_location("https://registry/v2/", "registry") == "/v2/");
  for (const std::string other :
       {"/v2/a", "http://other:5000/v2/a", "https://registry:5001/v2/", "v2/?next=http://x/"})
    BOOST_TEST(local_location(other, "registry:5000") == other);
}

BOOST_AUTO_TEST_SUITE_END()
