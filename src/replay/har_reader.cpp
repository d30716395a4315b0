#include "replay/har_reader.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"
#include "domain/strict_json.hpp"
#include "http/field_text.hpp"
#include "journal/secrets.hpp"
#include "replay/har_member.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace gantry::replay {

namespace json = boost::json;

namespace {

constexpr std::size_t max_depth = 32;
constexpr std::size_t max_method = 32;

/// All that is read of an archive; browsers add much more.
constexpr std::array<std::string_view, 14> members{
  "log",     "entries", "request", "response", "method",   "url",  "status",
  "headers", "name",    "value",   "content",  "encoding", "text", "size"};

/// Fields that frame a response or that the server makes itself. Contents of archives are decoded.
constexpr std::array<std::string_view, 8> own_fields{
  "connection", "content-encoding",  "content-length", "date", "docker-distribution-api-version",
  "keep-alive", "transfer-encoding", "x-request-id"};

result<std::string_view> text_of(const har_member& from, std::string_view name) {
  auto found = from.member(name);
  if (!found)
    return std::move(found).error();
  return found->text();
}

/// `registry:5000` and `/v2/` of `http://registry:5000/v2/`.
std::pair<std::string_view, std::string_view> split(std::string_view url) {
  const auto mark = url.find("://");
  if (mark == std::string_view::npos)
    return {{}, url};
  const auto rest = url.substr(mark + 3);
  const auto slash = std::min(rest.find('/'), rest.size());
  return {rest.substr(0, slash), rest.substr(slash)};
}

bool is_own(std::string_view name) {
  return name.size() >= 15 && journal::is_same_name(name.substr(0, 15), "access-control-")
           ? true
           : std::ranges::any_of(own_fields, [name](std::string_view each) {
               return journal::is_same_name(name, each);
             });
}

/// Sets method and target. Returns the host. Errors: request_invalid.
result<std::string_view> read_request(const har_member& from, recorded& into) {
  const auto method = text_of(from, "method");
  if (!method)
    return method.error();
  if (method->size() > max_method || !is_token(*method))
    return from.member("method")->wrong("expected a method, such as GET");
  const auto url = text_of(from, "url");
  if (!url)
    return url.error();
  const auto [host, target] = split(*url);
  if (!target.starts_with('/') || !std::ranges::all_of(target, is_visible))
    return from.member("url")->wrong("expected a URL, such as http://127.0.0.1:5000/v2/");
  into.method = *method;
  into.target = target.substr(0, target.find('#'));
  return host;
}

result<void> read_field(const har_member& from, std::string_view host, recorded& into) {
  const auto name = text_of(from, "name");
  if (!name)
    return name.error();
  const auto value = text_of(from, "value");
  if (!value)
    return value.error();
  if (!is_token(*name))
    return from.member("name")->wrong("expected the name of a header field");
  if (!std::ranges::all_of(*value, http::is_field_text))
    return from.member("value")->wrong("expected a text without control characters");
  if (journal::is_same_name(*name, "content-length"))
    into.declared_length = whole_number(*value);
  if (is_own(*name))
    return {};
  const auto [other, path] = split(*value);
  const bool is_local = journal::is_same_name(*name, "location") && !host.empty() && other == host;
  into.fields.emplace_back(*name, is_local ? path : *value);
  return {};
}

/// Errors: request_invalid, also for a body that was left out.
result<std::string> read_body(const har_member& from, const recorded& exchange) {
  if (!from.has("text")) {
    const bool is_left_out =
      exchange.method != "HEAD" && from.has("size") && from.member("size")->is_positive();
    if (is_left_out)
      return from.wrong("the body is not in the archive: record it with its content");
    return std::string{};
  }
  const auto text = text_of(from, "text");
  if (!text)
    return text.error();
  if (!from.has("encoding"))
    return std::string{*text};
  const auto encoding = text_of(from, "encoding");
  if (!encoding)
    return encoding.error();
  if (encoding->empty())
    return std::string{*text};
  if (*encoding != "base64")
    return from.member("encoding")->wrong("expected base64");
  auto bytes = from_base64(*text);
  if (!bytes)
    return from.member("text")->wrong("this is not base64");
  return std::move(*bytes);
}

result<void> read_response(const har_member& from, std::string_view host, recorded& into) {
  const auto status = from.member("status");
  if (!status)
    return status.error();
  const auto number = status->status();
  if (!number)
    return number.error();
  into.status = *number;
  const auto headers = from.member("headers");
  if (!headers)
    return headers.error();
  const auto fields = headers->list();
  if (!fields)
    return fields.error();
  for (std::size_t i = 0; i < (*fields)->size(); ++i)
    if (auto read = read_field(headers->element(i), host, into); !read)
      return read;
  const auto content = from.member("content");
  if (!content)
    return content.error();
  auto body = read_body(*content, into);
  if (!body)
    return body.error();
  into.body = std::move(*body);
  return {};
}

result<recorded> read_entry(const har_member& from) {
  recorded made;
  const auto request = from.member("request");
  if (!request)
    return request.error();
  const auto host = read_request(*request, made);
  if (!host)
    return host.error();
  const auto response = from.member("response");
  if (!response)
    return response.error();
  if (auto read = read_response(*response, *host, made); !read)
    return read.error();
  return made;
}

} // namespace

result<std::vector<recorded>> read_har(std::string_view text) {
  if (text.size() > max_archive)
    return fail(errc::request_invalid, "expected at most 256 MiB of JSON");
  const auto parsed = parse_json(text, max_depth, members);
  if (!parsed)
    return fail(errc::request_invalid, parsed.error().detail);
  const auto log = har_member{*parsed, ""}.member("log");
  if (!log)
    return log.error();
  const auto entries = log->member("entries");
  if (!entries)
    return entries.error();
  const auto list = entries->list();
  if (!list)
    return list.error();
  if ((*list)->empty() || (*list)->size() > max_exchanges)
    return entries->wrong("expected 1 to 100000 entries");
  std::vector<recorded> session;
  for (std::size_t i = 0; i < (*list)->size(); ++i) {
    auto entry = read_entry(entries->element(i));
    if (!entry)
      return std::move(entry).error();
    session.push_back(std::move(*entry));
  }
  return session;
}

} // namespace gantry::replay
