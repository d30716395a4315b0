// The chunked transfer coding (RFC 9112, 7.1), decoded as its bytes arrive. Pure: no socket, no
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

/// The longest line before a chunk: its size with all extensions, without the CRLF.
inline constexpr std::size_t max_chunk_line = 256;
/// The most bytes of all trailer fields together, and the most fields.
inline constexpr std::size_t max_trailer_bytes = 4096;
inline constexpr std::size_t max_trailer_fields = 32;

/// Decodes one body. Stores only counters and the beginning of one field name, whatever a client
/// sends and however the input is split.
///
/// Extensions and trailers are skipped: a trailer never becomes a header field. A trailer that
/// could affect framing, routing or authentication (RFC 9110, 6.5.1) is refused.
class chunked_decoder {
public:
  struct progress {
    /// Bytes taken from the front of the input.
    std::size_t consumed = 0;
    /// Bytes of the body, at the front of the output.
    std::size_t body = 0;
  };

  /// Decodes until the input is used up, the output is full or the body ends. `output` may begin
  /// where `input` begins. Must not be called again after an error. Errors: malformed.
  result<progress> decode(std::span<const std::byte> input, std::span<std::byte> output);

  /// The last byte of the encoded body was consumed; what follows belongs to the next request.
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

  /// Takes one byte that is not chunk data.
  std::optional<refusal> take(char c);
  std::optional<refusal> take_in_size_line(char c);
  std::optional<refusal> take_digit(char c);
  std::optional<refusal> take_in_trailer(char c);
  std::optional<refusal> take_in_name(char c);
  std::optional<refusal> begin_field(char c);
  std::optional<refusal> expect(char wanted, char c, state next);

  state state_ = state::size_start;
  /// The size of the current chunk while its first line is read; then the bytes left of it.
  std::uint64_t size_ = 0;
  /// Bytes of the current chunk's first line, then of all trailer fields.
  std::size_t line_bytes_ = 0;
  std::size_t fields_ = 0;
  /// The lower-case name of the current trailer field, as far as it fits.
  std::array<char, 20> name_{};
  std::size_t name_size_ = 0;
};

} // namespace gantry::http
