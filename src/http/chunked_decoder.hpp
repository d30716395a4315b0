// The chunked transfer coding (RFC 9112, 7.1), decoded as its bytes come. Pure: no socket, no
// buffer.
#pragma once

#include "http/refusal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gantry::http {

/// The longest line in front of a chunk: its size with all extensions, without the CRLF.
inline constexpr std::size_t max_chunk_line = 256;
/// Bytes of all trailer fields together, and how many there may be.
inline constexpr std::size_t max_trailer_bytes = 4096;
inline constexpr std::size_t max_trailer_fields = 32;

/// One body. Keeps a count of what it has seen and the beginning of one field name, whatever a
/// client sends and however it is cut into pieces.
///
/// Extensions and trailers are read past and lost: a trailer never becomes a header field. One that
/// would steer framing, routing or authentication (RFC 9110, 6.5.1) is refused.
class chunked_decoder {
public:
  struct progress {
    /// Bytes taken off the front of the input.
    std::size_t consumed = 0;
    /// Bytes of the body, at the front of the output.
    std::size_t body = 0;
  };

  /// Decodes until the input is used up, the output is full or the body ends. `output` may begin
  /// where `input` begins. Must not be called again after an error. Errors: malformed.
  result<progress> decode(std::span<const std::byte> input, std::span<std::byte> output);

  /// The last byte of the coding was consumed; what follows belongs to the next request.
  bool is_done() const noexcept { return state_ == state::done; }
  /// Bytes of the current chunk still to come.
  std::uint64_t left() const noexcept { return state_ == state::data ? size_ : 0; }

private:
  enum class state : std::uint8_t {
    size_start,
    size,
    blank_behind_size,
    extension,
    size_end,
    data,
    data_cr,
    data_end,
    field_start,
    field_name,
    field_value,
    field_end,
    last_end,
    done,
  };

  /// One byte that is not chunk data.
  std::optional<refusal> take(char c);
  std::optional<refusal> take_in_size_line(char c);
  std::optional<refusal> take_digit(char c);
  std::optional<refusal> take_in_trailer(char c);
  std::optional<refusal> take_in_name(char c);
  std::optional<refusal> begin_field(char c);
  std::optional<refusal> expect(char wanted, char c, state next);

  state state_ = state::size_start;
  /// Of the current chunk: while its first line is read, its size; then what is left of it.
  std::uint64_t size_ = 0;
  /// Bytes of the current chunk's first line, then of all trailer fields.
  std::size_t line_bytes_ = 0;
  std::size_t fields_ = 0;
  /// The lower-case name of the current trailer field, as far as it fits.
  std::array<char, 20> name_{};
  std::size_t name_size_ = 0;
};

} // namespace gantry::http
