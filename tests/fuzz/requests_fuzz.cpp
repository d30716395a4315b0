// How a connection processes a request: find the head, parse and judge it, decode a chunked body.
// The first byte chooses the size of the pieces.
#include "fuzz/fuzz.hpp"
#include "http/chunked_decoder.hpp"
#include "http/request_reader.hpp"

#include <optional>
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

/// The result of processing the bytes before a body.
struct read_head {
  std::size_t consumed = 0;
  bool is_complete = false;
  std::optional<http::refusal> refused;
};

read_head read(std::string_view bytes, std::uint8_t step) {
  http::request_reader reader{{max_head, max_head}};
  read_head made;
  std::size_t seen = 0;
  fuzz::in_pieces(bytes, step, [&](std::string_view piece) {
    seen += piece.size();
    if (made.is_complete || made.refused)
      return;
    const auto progress = reader.read(bytes.substr(made.consumed, seen - made.consumed));
    if (!progress) {
      made.refused = progress.error();
      return;
    }
    made.consumed += progress->consumed;
    require(made.consumed <= seen);
    made.is_complete = progress->is_complete;
  });
  require(made.is_complete == (reader.head() != nullptr));
  if (const auto* head = reader.head()) {
    require(!(head->is_chunked() && head->content_length()));
    // A client that repeats its request.
    reader.start_over();
    const auto again = reader.read(bytes);
    require(again.has_value() && again->is_complete && again->consumed == made.consumed);
  }
  return made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  const auto step = text.take();
  const auto bytes = text.rest();
  const auto whole = read(bytes, 60);
  const auto pieces = read(bytes, step);
  require(whole.is_complete == pieces.is_complete);
  require(whole.refused.has_value() == pieces.refused.has_value());
  if (!whole.is_complete) {
    check_body(bytes, step);
    return 0;
  }
  require(whole.consumed == pieces.consumed && whole.consumed <= bytes.size());
  check_body(bytes.substr(whole.consumed), step);
  return 0;
}
