#include "http/response_head.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>

using namespace gantry::http;

namespace {

std::string head_of(const response& reply) {
  std::string text = "left over from the response before";
  write_response_head(text, reply, nullptr, "id-1");
  return text;
}

bool has(const std::string& head, std::string_view line) {
  return head.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(response_head)

BOOST_AUTO_TEST_CASE(every_response_carries_the_same_fields) {
  const auto head = head_of(make_json(200, "{}"));
  BOOST_TEST(head.starts_with("HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(head.ends_with("\r\n\r\n"));
  BOOST_TEST(has(head, "X-Request-Id: id-1"));
  BOOST_TEST(has(head, "Content-Type: application/json"));
  BOOST_TEST(has(head, "Content-Length: 2"));
  BOOST_TEST(head.find("\r\nDate: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_response_without_a_body_has_no_length) {
  BOOST_TEST(head_of(make_empty(204)).find("Content-Length") == std::string::npos);
  BOOST_TEST(head_of(make_empty(304)).find("Content-Length") == std::string::npos);
  BOOST_TEST(has(head_of(make_empty(202)), "Content-Length: 0"));
}

BOOST_AUTO_TEST_CASE(the_last_response_says_so) {
  auto reply = make_empty(400);
  reply.close = true;
  BOOST_TEST(has(head_of(reply), "Connection: close"));
}

BOOST_AUTO_TEST_CASE(a_stream_comes_in_chunks_or_until_the_end) {
  class nothing final : public body_stream {
    boost::asio::awaitable<std::string_view> next(boost::system::error_code&) override {
      co_return std::string_view{};
    }
  };
  auto reply = make_empty(200);
  reply.body = std::make_unique<nothing>();
  const auto head = head_of(reply);
  BOOST_TEST(has(head, "Transfer-Encoding: chunked"));
  BOOST_TEST(head.find("Content-Length") == std::string::npos);
  reply.close = reply.ends_with_connection = true;
  const auto endless = head_of(reply);
  BOOST_TEST(!has(endless, "Transfer-Encoding: chunked"));
  BOOST_TEST(has(endless, "Connection: close"));
}

BOOST_AUTO_TEST_CASE(a_length_can_be_declared_that_is_not_true) {
  auto reply = make_text(200, "text/plain", "four");
  reply.delivery = std::make_unique<delivery_plan>();
  reply.delivery->declared_length = 5;
  BOOST_TEST(has(head_of(reply), "Content-Length: 5"));
}

BOOST_AUTO_TEST_CASE(a_harmless_request_id_is_kept) {
  BOOST_TEST(make_request_id("abc-1_2.3") == "abc-1_2.3");
  for (const std::string bad : {"", "a b", "a\r\nX: y", "<script>"})
    BOOST_TEST(make_request_id(bad).size() == 16u, bad);
  BOOST_TEST(make_request_id(std::string(129, 'a')).size() == 16u);
  BOOST_TEST(make_request_id({}) != make_request_id({}));
}

BOOST_AUTO_TEST_CASE(dates_have_the_fixed_form) {
  const auto date = http_date(); // Sun, 06 Nov 1994 08:49:37 GMT
  BOOST_TEST(date.size() == 29u);
  BOOST_TEST(date.ends_with(" GMT"));
  BOOST_TEST(date[3] == ',');
}

BOOST_AUTO_TEST_SUITE_END()
