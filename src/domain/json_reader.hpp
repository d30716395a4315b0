// JSON as a stream of events, parsed strictly: every reader sees the same contents in the same
// bytes.
#pragma once

#include "domain/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <variant>

namespace gantry {

/// Null is the first alternative. An integer is an int64 if it fits, else a uint64 if that fits,
/// else a double, whose last bits depend on how the document was split into pieces.
using json_scalar =
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view>;

enum class json_container : std::uint8_t { object, array };

/// Receives a document part by part. Texts are valid until the function returns.
class json_events {
public:
  virtual ~json_events() = default;

  /// The document itself, the value of the last named member, or the next element of an array.
  virtual void on_begin(json_container kind) = 0;
  virtual void on_end(json_container kind) = 0;
  virtual void on_member(std::string_view name) = 0;
  /// Like `on_begin`.
  virtual void on_scalar(const json_scalar& value) = 0;
};

/// Parses a document piece by piece and reports it to `into`, up to the first fault. Takes linear
/// time in the size of a piece, for any bytes. Allocates from `memory` a `name_set`, and a copy of
/// the longest string that has escapes or arrives in pieces.
class json_reader {
public:
  json_reader(std::size_t max_depth, json_events& into,
              std::pmr::memory_resource* memory = std::pmr::get_default_resource());
  json_reader(json_reader&&) noexcept;
  json_reader& operator=(json_reader&&) noexcept;
  ~json_reader();

  /// Does nothing after a fault; `finish` returns the fault.
  void write(std::string_view piece);
  /// Errors: manifest_invalid (not JSON, invalid UTF-8, nested deeper than `max_depth`, a duplicate
  /// name in one object).
  result<void> finish();

private:
  class parser;
  std::unique_ptr<parser> parser_;
};

/// Reads a complete document.
result<void> read_json(std::string_view bytes, std::size_t max_depth, json_events& into,
                       std::pmr::memory_resource* memory = std::pmr::get_default_resource());

} // namespace gantry
