#include "http/response_head.hpp"

#include "http/field_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <random>

namespace gantry::http {

namespace {

void append_number(std::string& text, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

} // namespace

void write_response_head(std::string& text, const response& reply, const request_head* head,
                         std::string_view request_id) {
  text.assign("HTTP/1.1 ");
  append_number(text, reply.status);
  text.append(" ").append(reason_phrase(reply.status)).append("\r\n");
  append_field(text, "Date", http_date());
  append_field(text, "X-Request-Id", request_id);
  text.append(reply.fields);
  const auto is_old = head && head->is_http_1_0();
  if (reply.is_stream() && !is_old && !reply.ends_with_connection)
    append_field(text, "Transfer-Encoding", "chunked");
  if (!reply.is_stream() && has_content_length(reply.status)) {
    text.append("Content-Length: ");
    append_number(text, reply.delivery && reply.delivery->declared_length
                          ? *reply.delivery->declared_length
                          : reply.content_length);
    text.append("\r\n");
  }
  if (reply.close)
    append_field(text, "Connection", "close");
  else if (is_old)
    append_field(text, "Connection", "keep-alive");
  text.append("\r\n");
}

std::string make_request_id(std::optional<std::string_view> offered) {
  const auto harmless = [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '_' || c == '-';
  };
  if (offered && !offered->empty() && offered->size() <= 128 &&
      std::all_of(offered->begin(), offered->end(), harmless))
    return std::string{*offered};
  static thread_local std::mt19937_64 random{std::random_device{}()};
  constexpr char digits[] = "0123456789abcdef";
  std::string id(16, '0');
  auto bits = random();
  for (auto& c : id) {
    c = digits[bits & 15];
    bits >>= 4;
  }
  return id;
}

std::string_view http_date() {
  static thread_local std::time_t formatted = 0;
  static thread_local std::array<char, 32> text{};
  const auto now = std::time(nullptr);
  if (now != formatted) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    // The "C" locale: nothing in this process sets another.
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    formatted = now;
  }
  return text.data();
}

} // namespace gantry::http
