#include "http/chunked_decoder.hpp"

#include "base/text.hpp"
#include "http/field_text.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace gantry::http {

namespace {

refusal malformed() {
  return refuse(refusal_code::malformed, "malformed chunks");
}

/// Trailers that are refused, because another server on the way might obey them.
constexpr auto refused_trailers = std::to_array<std::string_view>({
  "authorization",
  "content-length",
  "cookie",
  "host",
  "proxy-authorization",
  "transfer-encoding",
});

} // namespace

result<chunked_decoder::progress> chunked_decoder::decode(std::span<const std::byte> input,
                                                          std::span<std::byte> output) {
  progress made;
  while (made.consumed < input.size() && !is_done()) {
    if (state_ == state::data) {
      const auto room = std::min(output.size() - made.body, input.size() - made.consumed);
      const auto moved = static_cast<std::size_t>(std::min<std::uint64_t>(room, size_));
      if (moved == 0)
        break; // the output is full
      std::memmove(output.data() + made.body, input.data() + made.consumed, moved);
      made.consumed += moved;
      made.body += moved;
      size_ -= moved;
      if (size_ == 0)
        state_ = state::data_cr;
      continue;
    }
    if (auto wrong = take(static_cast<char>(input[made.consumed])))
      return std::move(*wrong);
    ++made.consumed;
  }
  return made;
}

std::optional<refusal> chunked_decoder::take(char c) {
  switch (state_) {
  case state::size_start:
  case state::size:
  case state::blank_behind_size:
  case state::extension: return take_in_size_line(c);
  case state::size_end:
    line_bytes_ = 0;
    return expect('\n', c, size_ > 0 ? state::data : state::field_start);
  case state::data_cr: return expect('\r', c, state::data_end);
  case state::data_end: return expect('\n', c, state::size_start);
  case state::field_start:
  case state::field_name:
  case state::field_value: return take_in_trailer(c);
  case state::field_end: return expect('\n', c, state::field_start);
  case state::last_end: return expect('\n', c, state::done);
  case state::data:
  case state::done: break;
  }
  return malformed();
}

std::optional<refusal> chunked_decoder::expect(char wanted, char c, state next) {
  if (c != wanted)
    return malformed();
  state_ = next;
  return std::nullopt;
}

/// `chunk-size [ chunk-ext ]`. Extensions are ignored, so their grammar is not checked, except that
/// they cannot end the line.
std::optional<refusal> chunked_decoder::take_in_size_line(char c) {
  if (c == '\r' && (state_ == state::size || state_ == state::extension)) {
    state_ = state::size_end;
    return std::nullopt;
  }
  if (++line_bytes_ > max_chunk_line)
    return refuse(refusal_code::malformed, "the line before a chunk has at most " +
                                             std::to_string(max_chunk_line) + " bytes");
  if (state_ == state::extension)
    return is_field_text(c) ? std::nullopt : std::optional{malformed()};
  if (state_ != state::size_start && c == ';') {
    state_ = state::extension;
    return std::nullopt;
  }
  if (state_ != state::size_start && (c == ' ' || c == '\t')) {
    state_ = state::blank_behind_size;
    return std::nullopt;
  }
  return state_ == state::blank_behind_size ? std::optional{malformed()} : take_digit(c);
}

std::optional<refusal> chunked_decoder::take_digit(char c) {
  const int value = hex_value(c);
  if (value < 0 || size_ > std::numeric_limits<std::uint64_t>::max() / 16)
    return malformed();
  size_ = size_ * 16 + static_cast<unsigned>(value);
  state_ = state::size;
  return std::nullopt;
}

std::optional<refusal> chunked_decoder::take_in_trailer(char c) {
  if (c == '\r' && state_ != state::field_name) {
    state_ = state_ == state::field_start ? state::last_end : state::field_end;
    return std::nullopt;
  }
  if (++line_bytes_ > max_trailer_bytes)
    return refuse(refusal_code::malformed,
                  "trailers have at most " + std::to_string(max_trailer_bytes) + " bytes");
  if (state_ == state::field_start)
    return begin_field(c);
  if (state_ == state::field_name)
    return take_in_name(c);
  return is_field_text(c) ? std::nullopt : std::optional{malformed()};
}

std::optional<refusal> chunked_decoder::begin_field(char c) {
  if (++fields_ > max_trailer_fields)
    return refuse(refusal_code::malformed,
                  "a body has at most " + std::to_string(max_trailer_fields) + " trailer fields");
  name_size_ = 0;
  state_ = state::field_name;
  // A colon here would end an empty name.
  return c == ':' ? std::optional{malformed()} : take_in_name(c);
}

std::optional<refusal> chunked_decoder::take_in_name(char c) {
  if (c == ':') {
    const std::string_view name{name_.data(), std::min(name_size_, name_.size())};
    state_ = state::field_value;
    if (name_size_ > name_.size() ||
        std::ranges::find(refused_trailers, name) == refused_trailers.end())
      return std::nullopt;
    return refuse(refusal_code::malformed,
                  "the trailer '" + std::string{name} + "' belongs in the head of the request");
  }
  if (!is_token_character(c))
    return malformed();
  if (name_size_ < name_.size())
    name_[name_size_] = to_lower(c);
  ++name_size_;
  return std::nullopt;
}

} // namespace gantry::http
