#include "faults/delay_json.hpp"

#include "config/values.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

namespace gantry::faults {

namespace json = boost::json;

namespace {

void read_members(members& from, delay_time& into) {
  into = {};
  const bool has_mean = from.has("mean");
  const bool has_deviation = from.has("deviation");
  from.duration("mean", into.mean, longest_delay);
  from.duration("deviation", into.deviation, longest_delay);
  from.duration("min", into.least, longest_delay);
  if (has_mean) {
    into.shape = has_deviation ? distribution::normal : distribution::exponential;
    into.most = longest_delay;
  } else if (has_deviation) {
    from.refuse("deviation", "a normal distribution needs a mean as well");
  }
  from.duration("max", into.most, longest_delay);
  if (into.most < into.least)
    from.refuse("max", "expected a time that is not shorter than min");
}

} // namespace

void read_delay(members& from, delay_time& into) {
  if (from.holds_object("delay")) {
    from.object("delay", [&](members& inner) { read_members(inner, into); });
    return;
  }
  auto fixed = into.least;
  from.duration("delay", fixed, longest_delay);
  if (from.has("delay"))
    into = {.least = fixed, .most = fixed};
}

json::value to_json(const delay_time& shown) {
  if (shown.shape == distribution::even && shown.least == shown.most)
    return json::string{config::render_duration(shown.least)};
  json::object text;
  if (shown.shape != distribution::even)
    text["mean"] = config::render_duration(shown.mean);
  if (shown.shape == distribution::normal)
    text["deviation"] = config::render_duration(shown.deviation);
  if (shown.shape == distribution::even || shown.least.count() > 0)
    text["min"] = config::render_duration(shown.least);
  if (shown.shape == distribution::even || shown.most < longest_delay)
    text["max"] = config::render_duration(shown.most);
  return text;
}

} // namespace gantry::faults
