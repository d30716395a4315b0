// Spans: the pieces of work that a trace consists of.
//
// Without a trace, all of this is empty: nothing is allocated, and no clock is read.
#pragma once

#include "telemetry/trace_context.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gantry::telemetry {

class tracer;

/// What the spans of one trace in this process share.
struct recorded_trace {
  /// Takes the spans, and outlives them; null only in tests of what is done with a span.
  tracer* to = nullptr;
  trace_id id;
  /// The caller's `tracestate`.
  std::string state = {};
};

/// Names a span to those that work for it; empty if nothing is recorded. A value that travels in
/// messages.
class span_context {
public:
  span_context() = default;
  span_context(std::shared_ptr<const recorded_trace> trace, span_id id)
    : trace_{std::move(trace)}, id_{id} {}

  explicit operator bool() const noexcept { return trace_ != nullptr; }
  bool operator==(const span_context&) const = default;

  /// Null if it is empty.
  const std::shared_ptr<const recorded_trace>& trace() const noexcept { return trace_; }
  const span_id& id() const noexcept { return id_; }

private:
  std::shared_ptr<const recorded_trace> trace_;
  span_id id_;
};

/// The numbers are OTLP's.
enum class span_kind : std::uint8_t { internal = 1, server = 2 };

struct span_attribute {
  /// In static memory.
  std::string_view name;
  std::variant<std::string, std::int64_t> value;
};

/// What a tracer takes.
struct span_record {
  std::shared_ptr<const recorded_trace> trace;
  span_id id;
  /// Zeros at the top of a trace.
  span_id parent = {};
  span_kind kind = span_kind::internal;
  /// In static memory.
  std::string_view name = {};
  std::chrono::system_clock::time_point begin{};
  std::chrono::system_clock::time_point end{};
  std::vector<span_attribute> attributes = {};
  /// Spans of other traces that belong to it.
  std::vector<span_context> links = {};
  bool has_failed = false;
};

/// Spans that this process has begun; for tests.
std::uint64_t count_spans() noexcept;
/// Counts one; for those who make a `span_record` without a `span`.
void note_span() noexcept;

/// A piece of work in progress: it begins with this object, and ends with it or before. Not
/// thread-safe, but may move between threads.
class span {
public:
  /// Records nothing.
  span() = default;
  /// A part of `parent`; records nothing if that is empty. `name` is in static memory.
  span(const span_context& parent, std::string_view name) {
    if (parent)
      begin(parent, name);
  }
  /// The top of a new trace, which is recorded because `near` is. Precondition: `near` is not
  /// empty.
  static span beside(const span_context& near, std::string_view name);

  span(span&&) = default;
  span& operator=(span&&) = delete;
  ~span() {
    if (record_)
      end();
  }

  explicit operator bool() const noexcept { return record_ != nullptr; }
  /// Empty if nothing is recorded.
  span_context context() const {
    return record_ ? span_context{record_->trace, record_->id} : span_context{};
  }

  /// These do nothing if nothing is recorded. `name` is in static memory.
  void set(std::string_view name, std::string_view value);
  void set(std::string_view name, std::int64_t value);
  /// `other` may be empty, or this span: then it does nothing.
  void link(const span_context& other);
  void fail() noexcept {
    if (record_)
      record_->has_failed = true;
  }
  void end();

private:
  void begin(const span_context& parent, std::string_view name);

  std::unique_ptr<span_record> record_;
};

namespace detail {
inline constinit thread_local const span_context* current = nullptr;
} // namespace detail

/// The span that this thread works for at the moment; empty for none.
inline span_context current_span() {
  return detail::current ? *detail::current : span_context{};
}

/// This thread works for a span during this object's lifetime, also if that is empty.
class span_scope {
public:
  /// `at` outlives the scope.
  explicit span_scope(const span_context& at) noexcept
    : before_{std::exchange(detail::current, &at)} {}
  span_scope(const span_scope&) = delete;
  span_scope& operator=(const span_scope&) = delete;
  ~span_scope() { detail::current = before_; }

private:
  const span_context* before_;
};

} // namespace gantry::telemetry
