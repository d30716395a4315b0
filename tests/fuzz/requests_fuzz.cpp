// What a connection does with the bytes of a request: find the head, parse and judge it, decode a
// chunked body. The first byte chooses the size of the pieces that they come in.
#include "fuzz/fuzz.hpp"
#include "http/chunked_decoder.hpp"
#include "http/head_scanner.hpp"
#include "http/request_head.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

using namespace gantry;
using fuzz::require;

namespace {

constexpr std::size_t max_head = 2048;

struct decoded {
  std::string body;
  std::size_t consumed = 0;
  bool is_done = false;
  bool has_failed = false;
};

decoded decode(std::string_view bytes, std::uint8_t step) {
  http::chunked_decoder decoder;
  decoded made;
  fuzz::in_pieces(bytes, step, [&](std::string_view piece) {
    std::vector<std::byte> space(64);
    while (!piece.empty() && !made.has_failed && !decoder.is_done()) {
      const auto progress = decoder.decode(std::as_bytes(std::span{piece}), space);
      made.has_failed = progress.has_error();
      if (made.has_failed)
        return;
      require(progress->consumed <= piece.size() && progress->body <= space.size());
      require(progress->body <= progress->consumed);
      require(progress->consumed > 0);
      made.body.append(reinterpret_cast<const char*>(space.data()), progress->body);
      made.consumed += progress->consumed;
      piece.remove_prefix(progress->consumed);
    }
  });
  made.is_done = decoder.is_done();
  return made;
}

void check_body(std::string_view bytes, std::uint8_t step) {
  const auto whole = decode(bytes, 60);
  const auto pieces = decode(bytes, step);
  require(whole.has_failed == pieces.has_failed);
  require(whole.has_failed || whole.body == pieces.body);
  require(whole.is_done == pieces.is_done);
  require(whole.has_failed || whole.consumed == pieces.consumed);
}

std::optional<std::size_t> scan(std::string_view bytes, std::uint8_t step) {
  http::head_scanner scanner{max_head};
  std::size_t seen = 0;
  std::optional<std::size_t> length;
  bool has_failed = false;
  fuzz::in_pieces(bytes, step, [&](std::string_view piece) {
    seen += piece.size();
    if (length || has_failed)
      return;
    const auto found = scanner.scan(bytes.substr(0, seen));
    has_failed = found.has_error();
    if (!has_failed)
      length = *found;
  });
  return length;
}

void check_head(std::string_view head) {
  http::request_parser parser;
  parser.header_limit(static_cast<std::uint32_t>(head.size()));
  parser.body_limit(boost::none);
  boost::system::error_code failure;
  const auto used = parser.put(boost::asio::buffer(head.data(), head.size()), failure);
  if (failure || used != head.size() || !parser.is_header_done())
    return;
  const auto judged = http::request_head::of(parser);
  if (!judged)
    return;
  require(!(judged->is_chunked() && judged->content_length()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  const auto step = text.take();
  auto bytes = text.rest();
  bytes.remove_prefix(std::min(bytes.size(), http::empty_lines(bytes)));
  const auto length = scan(bytes, 60);
  require(length == scan(bytes, step));
  if (!length) {
    check_body(bytes, step);
    return 0;
  }
  require(*length <= bytes.size() && *length <= max_head);
  check_head(bytes.substr(0, *length));
  check_body(bytes.substr(*length), step);
  return 0;
}
