#include "bench/live_line.hpp"

#include "bench/report.hpp"

#include <array>
#include <unistd.h>
#include <utility>

namespace gantry::bench {

namespace {

constexpr std::chrono::seconds plain_interval{10};

} // namespace

live_line::live_line(std::FILE* stream, std::string label, std::string unit)
  : stream_{stream},
    label_{std::move(label)},
    unit_{std::move(unit)},
    on_terminal_{::isatty(::fileno(stream)) == 1} {}

void live_line::show(const progress& made) {
  gathered_.elapsed = made.elapsed;
  gathered_.span += made.span;
  gathered_.images.merge(made.images);
  gathered_.failed += made.failed;
  if (!on_terminal_ && gathered_.span < plain_interval)
    return;
  const auto line = render_live(label_, unit_, std::exchange(gathered_, {}));
  std::fprintf(stream_, on_terminal_ ? "\r\x1b[K%s" : "%s\n", line.c_str());
  std::fflush(stream_);
  drawn_ = on_terminal_;
}

void live_line::clear() {
  if (!std::exchange(drawn_, false))
    return;
  std::fputs("\r\x1b[K", stream_);
  std::fflush(stream_);
}

std::string render_live(const std::string& label, const std::string& unit, const progress& made) {
  using seconds = std::chrono::duration<double>;
  const auto elapsed = seconds{made.elapsed}.count();
  const auto span = seconds{made.span}.count();
  std::array<char, 128> text{};
  if (elapsed <= 0) {
    std::snprintf(text.data(), text.size(), "%s  warming up, %.0f s to go", label.c_str(),
                  -elapsed);
    return text.data();
  }
  const auto rate = span > 0 ? static_cast<double>(made.images.count()) / span : 0.0;
  std::snprintf(
    text.data(), text.size(), "%s %4.0f s  %.1f %ss/s  p50 %s  p99 %s  %llu failed", label.c_str(),
    elapsed, rate, unit.c_str(), render_time(made.images.percentile(50)).c_str(),
    render_time(made.images.percentile(99)).c_str(), static_cast<unsigned long long>(made.failed));
  return text.data();
}

} // namespace gantry::bench
