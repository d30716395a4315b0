#include "journal/render.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace gantry::journal {

namespace json = boost::json;

namespace {

json::array fields_of(const entry& seen) {
  json::array fields;
  visit_fields(seen, [&](std::string_view name, std::string_view value) {
    fields.push_back(json::object{{"name", printable(name)}, {"value", printable(value)}});
  });
  return fields;
}

json::object to_json(const entry& seen) {
  json::object object;
  object["sequence"] = seen.sequence;
  object["time"] = render_time(seen.time);
  object["method"] = printable(seen.method);
  object["target"] = printable(seen.target);
  object["headers"] = fields_of(seen);
  object["truncated"] = seen.is_cut;
  object["status"] = seen.status;
  object["bytes_sent"] = seen.bytes_sent;
  object["body_bytes"] = seen.body_bytes ? json::value(*seen.body_bytes) : json::value(nullptr);
  object["duration_us"] = seen.duration.count();
  object["connection"] = seen.connection;
  object["operation"] = json::string_view{seen.operation.data(), seen.operation.size()};
  object["repository"] = printable(seen.repository);
  object["request_id"] = printable(seen.request_id);
  object["fault"] = printable(seen.fault);
  return object;
}

} // namespace

std::string printable(std::string_view text) {
  std::string shown{text};
  std::ranges::replace_if(
    shown, [](char c) { return (c & 0x80) != 0; }, '?');
  return shown;
}

std::string render_time(std::chrono::system_clock::time_point time) {
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

std::string render(const entry& seen) {
  return json::serialize(to_json(seen));
}

std::string render(const page& found) {
  json::array requests;
  requests.reserve(found.entries.size());
  for (const auto& each : found.entries)
    requests.push_back(to_json(each));
  json::object body;
  body["requests"] = std::move(requests);
  body["count"] = found.entries.size();
  body["next"] = found.next;
  return json::serialize(body);
}

} // namespace gantry::journal
