#include "support/http_client.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gantry::test {

namespace {

constexpr std::size_t max_head = 256 * 1024;

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

bool contains_name(const header_list& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [name](const auto& header) { return same_name(header.first, name); });
}

std::string errno_text(std::string_view what) {
  return std::string{what} + ": " + std::strerror(errno);
}

std::size_t number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    throw http_failure{"not a number: '" + std::string{text} + "'"};
  return value;
}

std::optional<std::size_t> content_length(const http_response& response) {
  const auto given = response.values("Content-Length");
  if (given.empty())
    return std::nullopt;
  if (given.size() > 1)
    throw http_failure{"Content-Length is given twice"};
  return number(given.front(), 10);
}

std::pair<std::string, std::string> parse_field(const std::string& line) {
  const auto colon = line.find(':');
  if (colon == std::string::npos || colon == 0 || line.find(' ') < colon)
    throw http_failure{"not a header field: '" + line + "'"};
  const auto first = line.find_first_not_of(' ', colon + 1);
  return {line.substr(0, colon), first == std::string::npos ? "" : line.substr(first)};
}

/// `HTTP/1.1 200 OK` or `HTTP/1.0 200 OK`; the reason may be empty, its space not.
http_response parse_status_line(const std::string& line) {
  const bool well_formed = line.size() >= 13 && line.starts_with("HTTP/1.") && line[8] == ' ' &&
                           line[12] == ' ' && (line[7] == '0' || line[7] == '1');
  if (!well_formed)
    throw http_failure{"not a status line: '" + line + "'"};
  http_response response;
  response.version = line.substr(0, 8);
  response.status = static_cast<int>(number(std::string_view{line}.substr(9, 3), 10));
  return response;
}

std::string render_head(std::string_view method, std::string_view target,
                        const header_list& headers, std::uint16_t port) {
  std::string head;
  head.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  if (!contains_name(headers, "Host"))
    head.append("Host: 127.0.0.1:").append(std::to_string(port)).append("\r\n");
  for (const auto& [name, value] : headers)
    head.append(name).append(": ").append(value).append("\r\n");
  return head.append("\r\n");
}

} // namespace

bool http_response::has(std::string_view name) const {
  return contains_name(headers, name);
}

std::string http_response::header(std::string_view name) const {
  for (const auto& [given, value] : headers)
    if (same_name(given, name))
      return value;
  return {};
}

std::vector<std::string> http_response::values(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [given, value] : headers)
    if (same_name(given, name))
      found.push_back(value);
  return found;
}

bool http_response::closes() const {
  return same_name(header("Connection"), "close");
}

http_connection::http_connection(std::uint16_t port, std::chrono::milliseconds patience)
  : port_{port}, patience_{patience} {
  connect();
}

void http_connection::reconnect() {
  close();
  buffer_.clear();
  connect();
}

void http_connection::connect() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0)
    throw http_failure{errno_text("socket")};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const auto why = errno_text("connect to port " + std::to_string(port_));
    close();
    throw http_failure{why};
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

http_connection::http_connection(http_connection&& other) noexcept
  : layer_{std::move(other.layer_)},
    socket_{std::exchange(other.socket_, -1)},
    port_{other.port_},
    patience_{other.patience_},
    buffer_{std::move(other.buffer_)} {}

http_connection& http_connection::operator=(http_connection&& other) noexcept {
  if (this == &other)
    return *this;
  close();
  layer_ = std::move(other.layer_);
  socket_ = std::exchange(other.socket_, -1);
  patience_ = other.patience_;
  port_ = other.port_;
  buffer_ = std::move(other.buffer_);
  return *this;
}

http_connection::~http_connection() {
  close();
}

http_response http_connection::exchange(const http_request& request) {
  return this->request(request.method, request.target, request.headers, request.body);
}

http_response http_connection::request(std::string_view method, std::string_view target,
                                       header_list headers, std::string_view body) {
  if (!silent())
    throw http_failure{"unexpected bytes before " + std::string{method} + " " +
                       std::string{target}};
  const bool framed =
    contains_name(headers, "Content-Length") || contains_name(headers, "Transfer-Encoding");
  const bool has_body = !body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (has_body && !framed)
    headers.emplace_back("Content-Length", std::to_string(body.size()));
  auto head = render_head(method, target, headers, port_);
  if (body.size() <= 64 * 1024)
    try_send(head.append(body));
  else if (try_send(head))
    try_send(body);
  return receive(method == "HEAD");
}

void http_connection::send(std::string_view bytes) {
  if (!try_send(bytes))
    throw http_failure{"the peer takes no more bytes"};
}

void http_connection::send_head(std::string_view method, std::string_view target,
                                const header_list& headers) {
  send(render_head(method, target, headers, port_));
}

http_response http_connection::receive(bool to_head) {
  while (true) {
    auto response = receive_any(to_head);
    if (response.status >= 200)
      return response;
  }
}

http_response http_connection::receive_any(bool to_head) {
  const auto end = until();
  auto response = take_head(end);
  const auto length = content_length(response);
  const auto coding = response.header("Transfer-Encoding");
  if (length && !coding.empty())
    throw http_failure{"both Content-Length and Transfer-Encoding"};
  if (to_head || response.status < 200 || response.status == 204 || response.status == 304)
    return response;
  if (same_name(coding, "chunked"))
    response.body = take_chunks(end);
  else if (!coding.empty())
    throw http_failure{"unknown transfer coding '" + coding + "'"};
  else if (length)
    response.body = take(*length, end);
  else
    response.body = take_rest(end);
  return response;
}

bool http_connection::peer_closes() {
  if (!buffer_.empty())
    return false;
  try {
    return !fill(until());
  } catch (const http_failure& failure) {
    return failure.reset();
  }
}

std::string http_connection::read_until_close() {
  return take_rest(until());
}

bool http_connection::silent() {
  if (!buffer_.empty())
    return false;
  char byte = 0;
  if (!layer_)
    return ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
  if (layer_->receive(&byte, 1) <= 0)
    return true;
  buffer_.push_back(byte);
  return false;
}

void http_connection::half_close() {
  ::shutdown(socket_, SHUT_WR);
}

void http_connection::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void http_connection::close() {
  layer_.reset();
  if (socket_ >= 0)
    ::close(std::exchange(socket_, -1));
}

bool http_connection::wait_for(short events, deadline end) const {
  while (true) {
    const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return false;
    pollfd state{socket_, events, 0};
    const int ready = ::poll(&state, 1, static_cast<int>(left.count()));
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR)
      throw http_failure{errno_text("poll")};
  }
}

bool http_connection::fill(deadline end) {
  std::array<char, 64 * 1024> block;
  std::ptrdiff_t got = -1;
  do {
    if (!(layer_ && layer_->has_pending()) && !wait_for(POLLIN, end))
      throw http_failure{"nothing came for " + std::to_string(patience_.count()) + " ms"};
    got = layer_ ? layer_->receive(block.data(), block.size())
                 : ::recv(socket_, block.data(), block.size(), 0);
  } while (layer_ && got < 0 && errno == EAGAIN);
  if (got < 0)
    throw http_failure{errno_text("receive"), errno == ECONNRESET};
  buffer_.append(block.data(), static_cast<std::size_t>(got));
  return got > 0;
}

bool http_connection::try_send(std::string_view bytes) {
  const auto end = until();
  while (!bytes.empty()) {
    if (!wait_for(POLLOUT, end))
      throw http_failure{"could not send for " + std::to_string(patience_.count()) + " ms"};
    const auto sent = layer_
                        ? layer_->send(bytes.data(), bytes.size())
                        : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno != EAGAIN && errno != EINTR)
      return false;
  }
  return true;
}

std::string http_connection::take_line(deadline end) {
  std::size_t found = 0;
  while ((found = buffer_.find('\n')) == std::string::npos) {
    if (buffer_.size() > max_head)
      throw http_failure{"a head without end"};
    if (!fill(end))
      throw http_failure{"closed where a line was expected, after '" + buffer_ + "'"};
  }
  if (found == 0 || buffer_[found - 1] != '\r')
    throw http_failure{"a line that does not end in CRLF"};
  auto line = buffer_.substr(0, found - 1);
  buffer_.erase(0, found + 1);
  return line;
}

std::string http_connection::take(std::size_t bytes, deadline end) {
  while (buffer_.size() < bytes)
    if (!fill(end))
      throw http_failure{"closed after " + std::to_string(buffer_.size()) + " of " +
                         std::to_string(bytes) + " bytes"};
  if (buffer_.size() == bytes)
    return std::exchange(buffer_, {});
  auto taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

std::string http_connection::take_chunks(deadline end) {
  std::string body;
  while (const auto size = number(take_line(end), 16)) {
    body += take(size, end);
    if (!take_line(end).empty())
      throw http_failure{"a chunk longer than announced"};
  }
  while (!take_line(end).empty()) {
  }
  return body;
}

std::string http_connection::take_rest(deadline end) {
  try {
    while (fill(end)) {
    }
  } catch (const http_failure& failure) {
    if (!failure.reset())
      throw;
  }
  return std::exchange(buffer_, {});
}

http_response http_connection::take_head(deadline end) {
  auto response = parse_status_line(take_line(end));
  for (auto line = take_line(end); !line.empty(); line = take_line(end))
    response.headers.push_back(parse_field(line));
  return response;
}

std::string chunked(std::string_view bytes, std::size_t piece) {
  std::string encoded;
  while (!bytes.empty()) {
    const auto size = piece == 0 ? bytes.size() : std::min(piece, bytes.size());
    std::array<char, 17> digits{};
    const auto last = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
    encoded.append(digits.data(), last).append("\r\n");
    encoded.append(bytes.substr(0, size)).append("\r\n");
    bytes.remove_prefix(size);
  }
  return encoded.append("0\r\n\r\n");
}

header_list with(header_list fields, const header_list& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

std::string with_query(std::string_view target, std::string_view parameter) {
  std::string extended{target};
  extended += target.find('?') == std::string_view::npos ? '?' : '&';
  return extended.append(parameter);
}

std::string path_of(std::string_view location) {
  if (const auto scheme = location.find("://"); scheme != std::string_view::npos)
    location.remove_prefix(std::min(location.find('/', scheme + 3), location.size()));
  return std::string{location};
}

std::string next_of(const http_response& response) {
  const auto link = response.header("Link");
  const auto end = link.find(">; rel=\"next\"");
  if (!link.starts_with('<') || end == std::string::npos)
    return {};
  return path_of(std::string_view{link}.substr(1, end - 1));
}

} // namespace gantry::test
