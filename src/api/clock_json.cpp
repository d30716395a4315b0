#include "api/clock_json.hpp"

#include "base/timestamp.hpp"
#include "domain/strict_json.hpp"
#include "faults/json_members.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <optional>

namespace gantry::api {

namespace {

constexpr std::size_t max_depth = 4;
/// 30 years.
constexpr std::chrono::milliseconds longest_advance = std::chrono::hours{24 * 365 * 30};

void read_now(faults::members& from, const boost::json::object& members,
              adjustable_clock::change& into) {
  std::string text;
  from.text("now", text);
  if (!members.contains("now"))
    return;
  into.now = parse_timestamp(text);
  if (!into.now)
    from.refuse("now", "expected a time from 1970 to 2199, such as \"2026-01-31T12:00:00Z\"");
}

/// Refuses what contradicts itself, or changes nothing.
void check(faults::members& from, const boost::json::object& text,
           const adjustable_clock::change& wanted) {
  if (text.empty())
    from.refuse("now", "expected one of now, advance, frozen and real");
  if (text.contains("real") && !wanted.real)
    from.refuse("real", "expected true");
  if (wanted.real && text.size() > 1)
    from.refuse("real", "the real time cannot be changed as well");
  if (wanted.now && text.contains("advance"))
    from.refuse("advance", "the time cannot be set as well");
}

} // namespace

result<adjustable_clock::change> read_clock_change(std::string_view text) {
  const auto parsed = parse_object(text, max_depth);
  if (!parsed)
    return fail(errc::request_invalid, parsed.error().detail);
  adjustable_clock::change wanted;
  std::optional<error> mistake;
  faults::members from{*parsed, "", mistake};
  read_now(from, *parsed, wanted);
  std::chrono::milliseconds advance{0};
  from.duration("advance", advance, longest_advance);
  wanted.advance = advance;
  bool frozen = false;
  from.flag("frozen", frozen);
  if (parsed->contains("frozen"))
    wanted.frozen = frozen;
  from.flag("real", wanted.real);
  from.finish();
  check(from, *parsed, wanted);
  if (mistake)
    return std::move(*mistake);
  return wanted;
}

std::string render(const adjustable_clock::reading& shown) {
  boost::json::object text;
  text["now"] = render_timestamp(shown.now);
  text["frozen"] = shown.frozen;
  text["real"] = shown.real;
  return boost::json::serialize(text);
}

} // namespace gantry::api
