// Shared by the fuzz targets. Each defines LLVMFuzzerTestOneInput, libFuzzer's entry point; without
// libFuzzer `replay.cpp` calls it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace gantry::fuzz {

/// Aborts if a required condition does not hold: that is a finding.
/// clang 14 has these instead of std::source_location.
inline void require(bool holds, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (holds)
    return;
  std::fprintf(stderr, "%s:%d: this does not hold\n", file, line);
  std::abort();
}

/// The bytes of one run.
class input {
public:
  input(const std::uint8_t* data, std::size_t size)
    : rest_{reinterpret_cast<const char*>(data), size} {}

  /// Removes and returns the first byte of the rest; zero if there is none.
  std::uint8_t take() {
    if (rest_.empty())
      return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }

  /// Removes and returns the bytes up to the first `end`, which is dropped, or all bytes.
  std::string_view take_until(std::string_view end) {
    const auto at = rest_.find(end);
    const auto part = rest_.substr(0, at);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
    return part;
  }

  std::string_view rest() const noexcept { return rest_; }

private:
  std::string_view rest_;
};

/// Calls `use` with one piece of `text` after the other; `step` chooses their size, at least one
/// byte.
template <class Use>
void in_pieces(std::string_view text, std::uint8_t step, Use use) {
  const std::size_t size = std::size_t{step} % 61 + 1;
  for (; text.size() > size; text.remove_prefix(size))
    use(text.substr(0, size));
  use(text);
}

} // namespace gantry::fuzz

// libFuzzer's name. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
