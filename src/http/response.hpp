// A response before it is written: status, header lines, the source of its body, and how it is
// delivered.
#pragma once

#include "base/byte_budget.hpp"
#include "base/byte_range.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gantry::http {

/// Bytes that `owner` keeps alive.
struct shared_bytes {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
};

/// Content that takes time to get. Used by one coroutine.
class content_reader {
public:
  virtual ~content_reader() = default;
  /// Fills `buffer` and returns the number of bytes: fewer than requested only at the end. `ec` is
  /// io_error if they cannot be had.
  virtual boost::asio::awaitable<std::size_t>
  read(std::uint64_t offset, std::span<std::byte> buffer, boost::system::error_code& ec) = 0;

  /// The size of the buffer that a response holds for it.
  static constexpr std::size_t piece = 64 * 1024;
};

/// Content that can be sent in ranges: in memory, in a file, or behind a reader.
struct content {
  std::shared_ptr<const void> owner;
  /// Bytes.
  std::uint64_t size = 0;
  /// All bytes, if there is no file or it is mapped.
  std::string_view bytes;
  /// Open as long as `owner` lives; negative if there is no file.
  int file = -1;
  /// The offset of the content in the file.
  std::uint64_t file_begin = 0;
  /// Null if the bytes are here or in the file.
  std::shared_ptr<content_reader> reader = {};
  /// Called if the file cannot be read or is too short; may be null. The response is cut then.
  void (*unreadable)(const void* owner, const boost::system::error_code& why) = nullptr;

  /// The bytes are those of the file: they take no memory beyond that of the storage.
  bool is_mapped() const noexcept { return file >= 0 && !bytes.empty(); }
};

/// Ranges of one content: a single one, or the parts of a multipart/byteranges body (RFC 9110,
/// 14.6). The text between the parts is made when it is sent, so a response that a client does not
/// read holds little.
struct content_ranges {
  content source;
  std::vector<byte_range> ranges;
  /// Empty for a single range.
  std::string boundary;

  /// The text before that range; empty for a single range.
  std::string preamble(std::size_t index) const;
  /// The text after the last range.
  std::string trailer() const;
  /// Bytes of the whole body.
  std::uint64_t length() const;
};

/// A body whose length is not known when it begins. It is sent in chunks or, to an HTTP/1.0 client
/// and if `response::ends_with_connection` says so, until the connection closes. Used by one
/// coroutine.
class body_stream {
public:
  virtual ~body_stream() = default;
  /// The next bytes, valid until the next call; none at the end. `ec` cuts the response.
  virtual boost::asio::awaitable<std::string_view> next(boost::system::error_code& ec) = 0;
  /// More bytes follow immediately: they may be sent together.
  virtual bool has_more() const noexcept { return false; }
};

/// How to send a response that is not sent at full speed.
struct delivery_plan {
  /// Before the first byte.
  std::chrono::milliseconds delay{0};
  /// Bytes of the body per second; zero for no limit.
  std::uint64_t rate = 0;
  /// Bytes of the body after which the connection is cut.
  std::optional<std::uint64_t> cut_after;
  /// The connection is cut before the first byte of the response.
  bool silent = false;
  /// The cut resets the connection instead of closing it.
  bool resets = false;
  /// The offset of a byte of the body that is sent with all bits flipped.
  std::optional<std::uint64_t> corrupt_at;
  /// The Content-Length that is sent instead of the true one.
  std::optional<std::uint64_t> declared_length;
};

using response_body = std::variant<std::monostate, std::string, shared_bytes, content_ranges,
                                   std::unique_ptr<body_stream>>;

struct response {
  unsigned status = 200;
  /// Header lines, each with its CRLF; Content-Length, Date, Connection and the fields of every
  /// response are added when it is written.
  std::string fields;
  response_body body;
  /// Bytes of the body, even if it is omitted (HEAD). Meaningless for a stream.
  std::uint64_t content_length = 0;
  /// The claim of the body on the bytes in flight.
  byte_claim held = {};
  /// Null for full speed.
  std::unique_ptr<delivery_plan> delivery = {};
  /// Returned to the handler when the response was sent; may be null.
  std::shared_ptr<const void> context = {};
  /// The connection ends after this response.
  bool close = false;
  /// A stream ends with the connection instead of coming in chunks: each of its writes is one.
  /// Needs `close`.
  bool ends_with_connection = false;

  /// Reserves room in `fields` for most responses.
  void make_room();
  /// `value` is written as it is, so it must not come from a client unparsed.
  response& set(std::string_view name, std::string_view value);
  /// Removes all lines of a field; returns the last one's value.
  std::optional<std::string> take(std::string_view name);
  bool is_stream() const noexcept {
    return std::holds_alternative<std::unique_ptr<body_stream>>(body);
  }
};

/// Whether a response with this status has a Content-Length (RFC 9110, 8.6).
bool has_content_length(unsigned status) noexcept;
/// The reason phrase of every status that this server sends, and of those that faults often have;
/// "Unknown" for others.
std::string_view reason_phrase(unsigned status) noexcept;

response make_empty(unsigned status);
response make_text(unsigned status, std::string_view content_type, std::string body);
response make_json(unsigned status, std::string body);

} // namespace gantry::http
