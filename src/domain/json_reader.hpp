// JSON as a stream of events, read strictly: no two readers see different things in the same bytes.
#pragma once

#include "domain/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <variant>

namespace gantry {

/// Null is the first alternative. An integer is an int64 if it fits, else an uint64 if that fits,
/// else a double, whose last bits depend on the pieces that the document came in.
using json_scalar =
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view>;

enum class json_container : std::uint8_t { object, array };

/// Takes a document part by part. Texts are valid until the function returns.
class json_events {
public:
  virtual ~json_events() = default;

  /// The document itself, the value of the member named last, or the next element of an array.
  virtual void on_begin(json_container kind) = 0;
  virtual void on_end(json_container kind) = 0;
  virtual void on_member(std::string_view name) = 0;
  /// As `on_begin`.
  virtual void on_scalar(const json_scalar& value) = 0;
};

/// Tells `into` what stands in a document, piece by piece as it comes, up to the first fault. Time
/// is linear in the size of a piece, whatever the bytes are. It takes the memory of a `name_set`
/// from `memory`, and a copy of the longest string if that has escapes or comes in several pieces.
class json_reader {
public:
  json_reader(std::size_t max_depth, json_events& into,
              std::pmr::memory_resource* memory = std::pmr::get_default_resource());
  json_reader(json_reader&&) noexcept;
  json_reader& operator=(json_reader&&) noexcept;
  ~json_reader();

  /// Does nothing after a fault, which `finish` tells.
  void write(std::string_view piece);
  /// Errors: manifest_invalid (not JSON, invalid UTF-8, nested deeper than `max_depth`, a name
  /// twice in one object).
  result<void> finish();

private:
  class parser;
  std::unique_ptr<parser> parser_;
};

/// The same of a document that is there as a whole.
result<void> read_json(std::string_view bytes, std::size_t max_depth, json_events& into,
                       std::pmr::memory_resource* memory = std::pmr::get_default_resource());

} // namespace gantry
