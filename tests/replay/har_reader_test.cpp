// Archives, and the mistakes in them.
#include "replay/har_reader.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

using namespace gantry;
using namespace gantry::replay;

namespace {

const std::string request = R"("request":{"method":"GET","url":"http://registry:5000/v2/a?n=1"})";
const std::string response = R"("response":{"status":200,"headers":[],"content":{}})";

std::string archive(const std::string& entries) {
  return R"({"log":{"version":"1.2","entries":[)" + entries + "]}}";
}

std::string with_response(const std::string& members) {
  return archive("{" + request + R"(,"response":{)" + members + "}}");
}

recorded one(const std::string& text) {
  const auto read = read_har(text);
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().detail));
  BOOST_REQUIRE(read->size() == 1u);
  return read->front();
}

struct mistake {
  std::string text;
  const char* detail;

  friend std::ostream& operator<<(std::ostream& out, const mistake& row) {
    return out << row.detail;
  }
};

const mistake mistakes[] = {
  {"{}", "log: this member is missing"},
  {"[]", "expected a JSON object"},
  {R"({"log":{}})", "log.entries: this member is missing"},
  {R"({"log":{"entries":{}}})", "log.entries: expected an array"},
  {archive(""), "log.entries: expected 1 to 100000 entries"},
  {archive("7"), "log.entries[0]: expected an object"},
  {archive("{" + request + "," + response + "},{}"),
   "log.entries[1].request: this member is missing"},
  {archive("{" + request + "}"), "log.entries[0].response: this member is missing"},
  {archive(R"({"request":{"method":"G T","url":"/"}})"),
   "log.entries[0].request.method: expected a method"},
  {archive(R"({"request":{"method":"GET","url":"ftp"}})"),
   "log.entries[0].request.url: expected a URL"},
  {archive(R"({"request":{"method":"GET","url":"http://a/b c"}})"),
   "log.entries[0].request.url: expected a URL"},
  {archive(R"({"request":{"method":"GET","url":7}})"),
   "log.entries[0].request.url: expected a text"},
  {with_response(R"("status":0,"headers":[],"content":{})"),
   "log.entries[0].response.status: expected a status from 200 to 599"},
  {with_response(R"("status":200,"content":{})"),
   "log.entries[0].response.headers: this member is missing"},
  {with_response(R"("status":200,"headers":[{"name":"A"}],"content":{})"),
   "log.entries[0].response.headers[0].value: this member is missing"},
  {with_response(R"("status":200,"headers":[{"name":"A","value":"b\r\nC: d"}],"content":{})"),
   "log.entries[0].response.headers[0].value: expected a text without control"},
  {with_response(R"("status":200,"headers":[{"name":"A B","value":""}],"content":{})"),
   "log.entries[0].response.headers[0].name: expected the name"},
  {with_response(R"("status":200,"headers":[])"),
   "log.entries[0].response.content: this member is missing"},
  {with_response(R"("status":200,"headers":[],"content":{"size":5})"),
   "log.entries[0].response.content: the body is not in the archive"},
  {with_response(R"("status":200,"headers":[],"content":{"text":"a","encoding":"gzip"})"),
   "log.entries[0].response.content.encoding: expected base64"},
  {with_response(R"("status":200,"headers":[],"content":{"text":"a","encoding":"base64"})"),
   "log.entries[0].response.content.text: this is not base64"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(har_reader)

BOOST_DATA_TEST_CASE(a_mistake_names_entry_and_member, mistakes) {
  const auto read = read_har(sample.text);
  BOOST_REQUIRE(!read);
  BOOST_TEST((read.error().code == errc::request_invalid));
  BOOST_TEST(read.error().detail.starts_with(sample.detail), read.error().detail);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
  for (const auto* text : {"", "{", "no", R"({"log":1,"log":2})"})
    BOOST_TEST(!read_har(text), text);
}

BOOST_AUTO_TEST_CASE(a_request_is_its_method_path_and_query) {
  const auto read = one(archive("{" + request + "," + response + "}"));
  BOOST_TEST(read.method == "GET");
  BOOST_TEST(read.target == "/v2/a?n=1");
  BOOST_TEST(read.status == 200u);
  BOOST_TEST(read.body == "");
}

BOOST_AUTO_TEST_CASE(fields_are_kept_but_for_those_that_the_server_makes) {
  const auto read = one(with_response(
    R"("status":202,"headers":[{"name":"content-length","value":"5"},)"
    R"({"name":"Date","value":"x"},{"name":"Access-Control-Allow-Origin","value":"*"},)"
    R"({"name":"location","value":"http://registry:5000/v2/up?x=1"},)"
    R"({"name":"Link","value":"</v2/>"},{"name":"Location","value":"https://other/v2/"}],)"
    R"("content":{"size":0})"));
  using fields = std::vector<std::pair<std::string, std::string>>;
  BOOST_CHECK(
    (read.fields ==
     fields{{"location", "/v2/up?x=1"}, {"Link", "</v2/>"}, {"Location", "https://other/v2/"}}));
  BOOST_TEST(read.declared_length.value() == 5u);
}

BOOST_AUTO_TEST_CASE(bodies_are_texts_or_base64) {
  const auto body = [](const std::string& content) {
    return one(with_response(R"("status":200,"headers":[],"content":)" + content)).body;
  };
  BOOST_TEST(body(R"({"size":3,"text":"a\u00e9"})") == "a\xc3\xa9");
  BOOST_TEST(body(R"({"text":"AP8=","encoding":"base64"})") == std::string("\0\xff", 2));
  BOOST_TEST(body(R"({"text":"AP8=","encoding":""})") == "AP8=");
  BOOST_TEST(body(R"({"size":-1,"mimeType":"x-unknown"})") == "");
}

BOOST_AUTO_TEST_CASE(what_a_replay_does_not_need_is_ignored) {
  one(
    R"({"log":{"creator":{"name":"x"},"pages":[],"entries":[{"startedDateTime":"now","_x":[[[[]]]],)" +
    request + "," + response + R"(,"timings":{"wait":-1}}]}})");
}

BOOST_AUTO_TEST_SUITE_END()
