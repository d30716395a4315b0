#include "app/progress_bar.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace gantry::app {

namespace {

std::string mebibytes(std::uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", static_cast<double>(bytes) / (1024 * 1024));
  return text;
}

std::string counts(std::uint64_t done, std::uint64_t total, progress_bar::unit of) {
  if (of == progress_bar::unit::bytes)
    return mebibytes(done) + '/' + mebibytes(total) + " MiB";
  return std::to_string(done) + '/' + std::to_string(total);
}

} // namespace

progress_bar::progress_bar(std::FILE* stream, std::string label, unit of)
  : stream_{stream},
    label_{std::move(label)},
    unit_{of},
    on_terminal_{::isatty(::fileno(stream)) == 1} {}

void progress_bar::show(std::uint64_t done, std::uint64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (!on_terminal_ || now < next_)
    return;
  next_ = now + std::chrono::milliseconds{100};
  std::fprintf(stream_, "\r%-79s", render_bar(label_, done, total, unit_).c_str());
  std::fflush(stream_);
  drawn_ = true;
}

progress_callback progress_bar::callback() {
  return [this](std::uint64_t done, std::uint64_t total) {
    show(done, total);
    return true;
  };
}

void progress_bar::clear() {
  if (!std::exchange(drawn_, false))
    return;
  std::fprintf(stream_, "\r%79s\r", "");
  std::fflush(stream_);
}

std::string render_bar(const std::string& label, std::uint64_t done, std::uint64_t total,
                       progress_bar::unit of) {
  constexpr std::uint64_t width = 30;
  total = std::max<std::uint64_t>(total, 1);
  done = std::min(done, total);
  const auto filled = static_cast<std::size_t>(done * width / total);
  auto text = label + " [" + std::string(filled, '=') + (filled < width ? ">" : "") +
              std::string(width - std::min<std::size_t>(filled + 1, width), ' ') + "] " +
              std::to_string(done * 100 / total) + " % (" + counts(done, total, of) + ')';
  return text.substr(0, 79);
}

} // namespace gantry::app
