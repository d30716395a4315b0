#include "telemetry/span.hpp"

#include "telemetry/tracer.hpp"

#include <atomic>
#include <cassert>

namespace gantry::telemetry {

namespace {
constinit std::atomic<std::uint64_t> begun{0};
} // namespace

std::uint64_t count_spans() noexcept {
  return begun.load(std::memory_order_relaxed);
}

void note_span() noexcept {
  begun.fetch_add(1, std::memory_order_relaxed);
}

void span::begin(const span_context& parent, std::string_view name) {
  note_span();
  record_ = std::make_unique<span_record>();
  record_->trace = parent.trace();
  record_->parent = parent.id();
  record_->id = make_span_id();
  record_->name = name;
  record_->begin = std::chrono::system_clock::now();
}

span span::beside(const span_context& near, std::string_view name) {
  assert(near);
  recorded_trace own{near.trace()->to, make_trace_id()};
  return {span_context{std::make_shared<const recorded_trace>(std::move(own)), {}}, name};
}

void span::set(std::string_view name, std::string_view value) {
  if (record_)
    record_->attributes.push_back({name, std::string{value}});
}

void span::set(std::string_view name, std::int64_t value) {
  if (record_)
    record_->attributes.push_back({name, value});
}

void span::link(const span_context& other) {
  if (record_ && other && other.id() != record_->id)
    record_->links.push_back(other);
}

void span::end() {
  if (!record_)
    return;
  const auto ended = std::move(record_);
  ended->end = std::chrono::system_clock::now();
  if (auto* const to = ended->trace->to)
    to->add(std::move(*ended));
}

} // namespace gantry::telemetry
