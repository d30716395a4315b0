#include "base/timestamp.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <system_error>

namespace gantry {

namespace {

using std::chrono::system_clock;

/// Reads a text from its front; once something is not as expected, it stays failed.
class text_reader {
public:
  explicit text_reader(std::string_view text) : rest_{text} {}

  /// Exactly `digits` decimal digits.
  int number(std::size_t digits) {
    int value = 0;
    const auto part = take(digits);
    for (const char c : part)
      if (c < '0' || c > '9')
        failed_ = true;
    if (!failed_)
      std::from_chars(part.data(), part.data() + part.size(), value);
    return value;
  }
  void expect(char wanted) {
    if (take(1) != std::string_view{&wanted, 1})
      failed_ = true;
  }
  bool next_is(char wanted) const { return rest_.starts_with(wanted); }
  std::size_t digits() const {
    const auto end = rest_.find_first_not_of("0123456789");
    return end == rest_.npos ? rest_.size() : end;
  }
  void fail() { failed_ = true; }
  bool is_whole() const { return !failed_ && rest_.empty(); }

private:
  std::string_view take(std::size_t size) {
    failed_ = failed_ || rest_.size() < size;
    if (failed_)
      return {};
    const auto part = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return part;
  }

  std::string_view rest_;
  bool failed_ = false;
};

std::chrono::nanoseconds read_fraction(text_reader& from) {
  if (!from.next_is('.'))
    return {};
  from.expect('.');
  constexpr std::size_t most = 9;
  const auto digits = from.digits();
  if (digits == 0 || digits > most) {
    from.fail();
    return {};
  }
  std::chrono::nanoseconds fraction{from.number(digits)};
  for (auto i = digits; i < most; ++i)
    fraction *= 10;
  return fraction;
}

std::chrono::minutes read_offset(text_reader& from) {
  if (from.next_is('Z')) {
    from.expect('Z');
    return {};
  }
  const int sign = from.next_is('-') ? -1 : 1;
  from.expect(sign < 0 ? '-' : '+');
  const auto hours = from.number(2);
  from.expect(':');
  const auto minutes = from.number(2);
  return std::chrono::minutes{sign * (hours * 60 + minutes)};
}

} // namespace

std::optional<system_clock::time_point> parse_timestamp(std::string_view text) {
  using namespace std::chrono;
  text_reader from{text};
  const int y = from.number(4);
  from.expect('-');
  const int m = from.number(2);
  from.expect('-');
  const int d = from.number(2);
  from.expect('T');
  const int h = from.number(2);
  from.expect(':');
  const int min = from.number(2);
  from.expect(':');
  const int s = from.number(2);
  const auto fraction = read_fraction(from);
  const auto offset = read_offset(from);
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)},
                            day{static_cast<unsigned>(d)}};
  if (!from.is_whole() || !date.ok() || y < 1970 || y > 2200 || h > 23 || min > 59 || s > 59 ||
      offset > hours{24} || offset < -hours{24})
    return std::nullopt;
  return system_clock::time_point{duration_cast<system_clock::duration>(
    sys_days{date}.time_since_epoch() + hours{h} + minutes{min} + seconds{s} + fraction - offset)};
}

std::string render_timestamp(system_clock::time_point time) {
  using namespace std::chrono;
  const auto seconds = floor<std::chrono::seconds>(time);
  const auto fraction = duration_cast<microseconds>(time - seconds);
  const std::time_t whole = system_clock::to_time_t(seconds);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 16> rest{};
  const auto more =
    std::snprintf(rest.data(), rest.size(), ".%06dZ", static_cast<int>(fraction.count()));
  return std::string{text.data(), size}.append(rest.data(), static_cast<std::size_t>(more));
}

} // namespace gantry
