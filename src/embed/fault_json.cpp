#include "embed/fault_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace gantry::embed {

namespace json = boost::json;

namespace {

void put(json::object& into, const char* name, const std::string& text) {
  if (!text.empty())
    into[name] = text;
}

template <class T>
void put(json::object& into, const char* name, const std::optional<T>& value) {
  if (value)
    into[name] = *value;
}

void put(json::object& into, const char* name,
         const std::optional<std::chrono::milliseconds>& time) {
  if (time)
    into[name] = std::to_string(time->count()) + "ms";
}

void put_flag(json::object& into, const char* name, bool value) {
  if (value)
    into[name] = true;
}

void put_object(json::object& into, const char* name, json::object inner) {
  if (!inner.empty())
    into[name] = std::move(inner);
}

json::object match_of(const fault::target& match) {
  json::object text;
  put(text, "method", match.method);
  put(text, "operation", match.operation);
  put(text, "repository", match.repository);
  put(text, "reference", match.reference);
  put(text, "user_agent", match.user_agent);
  return text;
}

void put_delay(json::object& into, const fault_delay& delay) {
  json::object drawn;
  put(drawn, "min", delay.min);
  put(drawn, "max", delay.max);
  put(drawn, "mean", delay.mean);
  put(drawn, "deviation", delay.deviation);
  if (drawn.empty())
    return put(into, "delay", delay.fixed);
  // With `fixed` as well it is a mistake, which the reader names.
  put(drawn, "fixed", delay.fixed);
  put_object(into, "delay", std::move(drawn));
}

json::object location_of(const fault::location_change& change) {
  json::object text;
  put_flag(text, "absent", change.absent);
  put(text, "scheme", change.scheme);
  put(text, "host", change.host);
  return text;
}

json::object effect_of(const fault::change& does) {
  json::object text;
  put(text, "status", does.status);
  put(text, "code", does.code);
  put(text, "message", does.message);
  put(text, "body", does.body);
  put(text, "content_type", does.content_type);
  put_flag(text, "after", does.after);
  json::object headers;
  for (const auto& [name, value] : does.headers)
    headers[name] = value;
  put_object(text, "headers", std::move(headers));
  put_delay(text, does.delay);
  put(text, "rate", does.rate);
  put(text, "upload_rate", does.upload_rate);
  put(text, "reset_after", does.reset_after);
  put(text, "reset_after_request", does.reset_after_request);
  put(text, "truncate_after", does.truncate_after);
  put(text, "content_length", does.content_length);
  put(text, "corrupt_byte", does.corrupt_byte);
  put_flag(text, "wrong_digest", does.wrong_digest);
  put_object(text, "location", location_of(does.location));
  put_flag(text, "endless_link", does.endless_link);
  return text;
}

} // namespace

std::string to_json(const fault& made) {
  json::object text;
  put(text, "name", made.name);
  put_object(text, "match", match_of(made.match));
  put(text, "nth", made.nth);
  put(text, "every", made.every);
  put(text, "probability", made.probability);
  put(text, "seed", made.seed);
  put(text, "count", made.count);
  put_object(text, "effect", effect_of(made.effect));
  return json::serialize(text);
}

std::string named_fault(const std::string& name) {
  return json::serialize(json::object{{"name", name}});
}

} // namespace gantry::embed
