#include "recorder/har_entry.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "http/response.hpp"
#include "journal/render.hpp"
#include "journal/secrets.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace gantry::recorder {

namespace json = boost::json;

namespace {

constexpr int unknown = -1;

json::array render(const field_list& fields) {
  json::array made;
  for (const auto& [name, value] : fields)
    made.push_back(journal::render_pair(name, masked_value(name, value)));
  return made;
}

std::string value_of(const field_list& fields, std::string_view name) {
  for (const auto& [each, value] : fields)
    if (journal::is_same_name(each, name))
      return to_ascii(masked_value(each, value));
  return {};
}

json::object request_of(const exchange& seen) {
  const auto target = masked_target(seen.target);
  json::object request;
  request["method"] = to_ascii(seen.method);
  request["url"] = to_ascii(seen.origin + target);
  request["httpVersion"] = "HTTP/1.1";
  request["cookies"] = json::array{};
  request["headers"] = render(seen.request_fields);
  request["queryString"] = journal::render_parameters(target);
  request["headersSize"] = unknown;
  request["bodySize"] = seen.request_body;
  return request;
}

json::object response_of(const exchange& seen) {
  json::object response;
  response["status"] = seen.status;
  response["statusText"] = std::string{http::reason_phrase(seen.status)};
  response["httpVersion"] = "HTTP/1.1";
  response["cookies"] = json::array{};
  response["headers"] = render(seen.response_fields);
  response["redirectURL"] = value_of(seen.response_fields, "Location");
  response["headersSize"] = unknown;
  response["bodySize"] = unknown;
  return response;
}

json::object content_of(const exchange& seen, std::uint64_t body_size, bool in_base64) {
  const auto type = value_of(seen.response_fields, "Content-Type");
  json::object content;
  content["size"] = body_size;
  content["mimeType"] = type.empty() ? "x-unknown" : type;
  if (in_base64)
    content["encoding"] = "base64";
  return content;
}

/// The object, to which one more member is added.
std::string open_ended(const json::object& object) {
  auto text = json::serialize(object);
  text.pop_back();
  return text;
}

} // namespace

std::string render_front(const exchange& seen, std::uint64_t body_size, bool in_base64) {
  const auto milliseconds = static_cast<double>(seen.duration.count()) / 1000;
  json::object entry;
  entry["startedDateTime"] = render_timestamp(seen.began);
  entry["time"] = milliseconds;
  entry["cache"] = json::object{};
  entry["timings"] = json::object{{"send", 0}, {"wait", milliseconds}, {"receive", 0}};
  entry["request"] = request_of(seen);
  auto text = open_ended(entry);
  text.append(R"(,"response":)").append(open_ended(response_of(seen)));
  text.append(R"(,"content":)").append(open_ended(content_of(seen, body_size, in_base64)));
  return text.append(R"(,"text":)");
}

} // namespace gantry::recorder
