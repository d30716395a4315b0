#include "journal/render.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace gantry::journal {

namespace json = boost::json;

namespace {

json::object to_json(const entry& seen) {
  json::object object;
  object["sequence"] = seen.sequence;
  object["time"] = render_timestamp(seen.time);
  object["method"] = to_ascii(seen.method);
  object["target"] = to_ascii(seen.target);
  object["headers"] = render_fields(seen.fields);
  object["response_headers"] = render_fields(seen.response_fields);
  object["truncated"] = seen.is_cut;
  object["status"] = seen.status;
  object["bytes_sent"] = seen.bytes_sent;
  object["body_bytes"] = seen.body_bytes ? json::value(*seen.body_bytes) : json::value(nullptr);
  object["duration_us"] = seen.duration.count();
  object["connection"] = seen.connection;
  object["operation"] = json::string_view{seen.operation.data(), seen.operation.size()};
  object["repository"] = to_ascii(seen.repository);
  object["request_id"] = to_ascii(seen.request_id);
  object["fault"] = to_ascii(seen.fault);
  object["trace_id"] = seen.trace_id;
  return object;
}

} // namespace

json::object render_pair(std::string_view name, std::string_view value) {
  return {{"name", to_ascii(name)}, {"value", to_ascii(value)}};
}

json::array render_fields(std::string_view lines) {
  json::array fields;
  visit_fields(lines, [&](std::string_view name, std::string_view value) {
    fields.push_back(render_pair(name, value));
  });
  return fields;
}

json::array render_parameters(std::string_view target) {
  json::array parameters;
  const auto mark = target.find('?');
  auto query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!query.empty()) {
    const auto whole = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(whole.size() + 1, query.size()));
    const auto name = whole.substr(0, whole.find('='));
    parameters.push_back(render_pair(name, whole.substr(std::min(name.size() + 1, whole.size()))));
  }
  return parameters;
}

std::string render(const entry& seen) {
  return json::serialize(to_json(seen));
}

std::string render(const page& found) {
  return json::serialize(to_json(found));
}

json::object to_json(const page& found) {
  json::array requests;
  requests.reserve(found.entries.size());
  for (const auto& each : found.entries)
    requests.push_back(to_json(each));
  json::object body;
  body["requests"] = std::move(requests);
  body["count"] = found.entries.size();
  body["next"] = found.next;
  return body;
}

} // namespace gantry::journal
