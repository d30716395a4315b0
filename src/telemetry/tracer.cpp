#include "telemetry/tracer.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace gantry::telemetry {

span_context tracer::begin(const trace_parent* parent, std::string state) {
  const auto id = parent ? parent->trace : make_trace_id();
  if (!sampler_.samples(id, parent))
    return {};
  note_span();
  return {std::make_shared<const recorded_trace>(recorded_trace{this, id, std::move(state)}),
          make_span_id()};
}

void tracer::add(span_record ended) {
  bool is_full = false;
  {
    const lock_guard lock{mutex_};
    if (is_closed_ || queue_.size() >= limits_.queue) {
      ++dropped_;
      return;
    }
    queue_.push_back(std::move(ended));
    is_full = queue_.size() == limits_.batch;
  }
  if (is_full && full_)
    full_();
}

std::vector<span_record> tracer::take() {
  std::vector<span_record> taken;
  const lock_guard lock{mutex_};
  if (queue_.size() <= limits_.batch) {
    taken.swap(queue_);
    return taken;
  }
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(limits_.batch);
  taken.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return taken;
}

std::size_t tracer::close() {
  std::vector<span_record> forgotten;
  const lock_guard lock{mutex_};
  is_closed_ = true;
  forgotten.swap(queue_);
  return forgotten.size();
}

std::size_t tracer::waiting() const {
  const lock_guard lock{mutex_};
  return queue_.size();
}

} // namespace gantry::telemetry
