#include "client/document.hpp"

#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"
#include "support/test_certificate.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry::test;
using namespace std::chrono_literals;
namespace client = gantry::client;

namespace {

std::string answer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

} // namespace

BOOST_AUTO_TEST_SUITE(document)

BOOST_AUTO_TEST_CASE(a_document_is_fetched) {
  std::vector<std::string> requests;
  const scripted_server server{[&](const std::string& request) {
    requests.push_back(request.substr(0, request.find('\r')));
    return answer("200 OK", "{}");
  }};
  BOOST_TEST(client::fetch_document(server.url() + "/a/keys?x=1").text.value() == "{}");
  BOOST_TEST(client::fetch_document(server.url()).text.value() == "{}");
  BOOST_TEST(requests == (std::vector<std::string>{"GET /a/keys?x=1 HTTP/1.1", "GET / HTTP/1.1"}));
}

BOOST_AUTO_TEST_CASE(a_failure_says_why) {
  const scripted_server server{[](const std::string& request) {
    return request.starts_with("GET /gone") ? answer("404 Not Found", "no")
                                            : scripted_server::silence;
  }};
  const auto gone = client::fetch_document(server.url() + "/gone");
  BOOST_TEST(!gone.text);
  BOOST_TEST(gone.why == "it was answered with 404");
  BOOST_TEST(client::fetch_document(server.url(), {.timeout = 50ms}).why == "Connection timed out");
  BOOST_TEST(!client::fetch_document("http://127.0.0.1:1/").why.empty());
  BOOST_TEST(!client::fetch_document("ftp://127.0.0.1/").why.empty());
}

BOOST_AUTO_TEST_CASE(a_redirect_is_not_followed) {
  const scripted_server server{[](const std::string&) {
    return "HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n";
  }};
  BOOST_TEST(client::fetch_document(server.url()).why == "it was answered with 302");
  BOOST_TEST(server.connections() <= 2U);
}

BOOST_AUTO_TEST_CASE(a_certificate_must_be_trusted) {
  const temp_dir folder;
  const auto identity = make_certificate("IP:127.0.0.1");
  const scripted_server server{[](const std::string&) { return answer("200 OK", "{}"); }, identity};
  const auto refused = client::fetch_document(server.url());
  BOOST_TEST(!refused.text);
  BOOST_TEST(refused.why.find("its certificate is not accepted") == 0U);
  const auto trusted = folder.write("ca.pem", identity.text).string();
  BOOST_TEST(client::fetch_document(server.url(), {.tls = {.authorities = trusted}}).text.value() ==
             "{}");
  BOOST_TEST(!client::fetch_document(server.url(), {.tls = {.authorities = "/no/file"}}).text);
}

BOOST_AUTO_TEST_SUITE_END()
