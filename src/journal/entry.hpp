// One recorded request. Secrets are masked and long texts cut before an entry is kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::journal {

/// Bytes. Longer texts are cut, which bounds the memory of an entry.
inline constexpr std::size_t max_method = 32;
inline constexpr std::size_t max_target = 2048;
inline constexpr std::size_t max_field = 512;
/// Of all header fields of a request or response together; those that do not fit are left out.
inline constexpr std::size_t max_fields = 4096;

/// Not thread-safe.
struct entry {
  /// Counts from 1 and is never reused.
  std::uint64_t sequence = 0;
  /// When the request began.
  std::chrono::system_clock::time_point time{};
  std::chrono::microseconds duration{0};
  /// Empty, like `target` and `fields`, if the head of the request could not be read.
  std::string method;
  std::string target;
  /// Header lines, each with its CRLF.
  std::string fields;
  /// Those of the response.
  std::string response_fields;
  /// A head was too long to be recorded whole.
  bool is_cut = false;
  unsigned status = 0;
  /// Of the response, with its head.
  std::uint64_t bytes_sent = 0;
  /// Of the request's body, if the client declared them.
  std::optional<std::uint64_t> body_bytes;
  /// The client's address and port.
  std::string connection;
  /// Whether it came over TLS.
  bool is_secure = false;
  /// The operation's name, in static memory; empty if the request names none.
  std::string_view operation;
  /// Empty outside a repository.
  std::string repository;
  std::string request_id;
  /// The injected fault that the request hit; empty if there was none.
  std::string fault;
  /// The trace that it belongs to, in hex; empty for none.
  std::string trace_id;

  /// Empties the entry and keeps the memory of its texts.
  void clear() noexcept;
  void set_method(std::string_view text);
  /// Masks the values of query parameters that hold secrets, such as `password` and `token`.
  void set_target(std::string_view text);
  /// Masks the values of secret fields.
  void add_field(std::string_view name, std::string_view value);
  /// Keeps the fields of a response's head, which begins with its status line. Masks as `add_field`
  /// and `set_target` do.
  void set_response_head(std::string_view head);
};

/// Calls `visit(name, value)` for each header line, up to an empty one.
template <class Visit>
void visit_fields(std::string_view fields, Visit visit) {
  for (auto rest = fields; !rest.empty();) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    if (line.empty())
      break;
    const auto colon = line.find(": ");
    visit(line.substr(0, colon), line.substr(colon + 2));
    rest.remove_prefix(line.size() + 2);
  }
}

/// The value of the first field of that name, in any case; empty if there is none.
std::string_view field_of(std::string_view fields, std::string_view name) noexcept;

} // namespace gantry::journal
