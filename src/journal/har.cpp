#include "journal/har.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "journal/render.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace gantry::journal {

namespace json = boost::json;

namespace {

constexpr int unknown = -1;

std::string url_of(const entry& seen, std::string_view address) {
  if (!seen.target.starts_with('/'))
    return to_ascii(seen.target);
  const auto host = field_of(seen.fields, "Host");
  return (seen.is_secure ? "https://" : "http://") + to_ascii(host.empty() ? address : host) +
         to_ascii(seen.target);
}

json::object request_of(const entry& seen, std::string_view address) {
  json::object request;
  request["method"] = to_ascii(seen.method);
  request["url"] = url_of(seen, address);
  request["httpVersion"] = "HTTP/1.1";
  request["cookies"] = json::array{};
  request["headers"] = render_fields(seen.fields);
  request["queryString"] = render_parameters(seen.target);
  request["headersSize"] = unknown;
  request["bodySize"] = seen.body_bytes ? json::value(*seen.body_bytes) : json::value(unknown);
  return request;
}

json::object response_of(const entry& seen, std::string_view reason) {
  json::object response;
  response["status"] = seen.status;
  response["statusText"] = to_ascii(reason);
  response["httpVersion"] = "HTTP/1.1";
  response["cookies"] = json::array{};
  response["headers"] = render_fields(seen.response_fields);
  const auto type = field_of(seen.response_fields, "Content-Type");
  response["content"] =
    json::object{{"size", unknown}, {"mimeType", type.empty() ? "x-unknown" : to_ascii(type)}};
  response["redirectURL"] = to_ascii(field_of(seen.response_fields, "Location"));
  response["headersSize"] = unknown;
  response["bodySize"] = unknown;
  response["_transferSize"] = seen.bytes_sent;
  return response;
}

json::object to_har(const entry& seen, const har_options& options) {
  const auto milliseconds = static_cast<double>(seen.duration.count()) / 1000;
  json::object made;
  made["startedDateTime"] = render_timestamp(seen.time);
  made["time"] = milliseconds;
  made["request"] = request_of(seen, options.address);
  made["response"] = response_of(seen, options.reason(seen.status));
  made["cache"] = json::object{};
  made["timings"] = json::object{{"send", 0}, {"wait", milliseconds}, {"receive", 0}};
  made["connection"] = seen.connection;
  made["_operation"] = json::string_view{seen.operation.data(), seen.operation.size()};
  made["_requestId"] = to_ascii(seen.request_id);
  made["_fault"] = to_ascii(seen.fault);
  return made;
}

} // namespace

std::string render_har(const page& found, const har_options& options) {
  json::array entries;
  entries.reserve(found.entries.size());
  for (const auto& each : found.entries)
    entries.push_back(to_har(each, options));
  json::object log;
  log["version"] = "1.2";
  log["creator"] = json::object{{"name", "gantry"}, {"version", to_ascii(options.version)}};
  log["entries"] = std::move(entries);
  json::object document;
  document["log"] = std::move(log);
  return json::serialize(document);
}

} // namespace gantry::journal
