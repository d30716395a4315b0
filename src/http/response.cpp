#include "http/response.hpp"

#include "http/field_line.hpp"
#include "http/range.hpp"

#include <boost/beast/core/string.hpp>

namespace gantry::http {

namespace {

/// Bytes: the own fields of most responses are shorter.
constexpr std::size_t usual_fields = 448;

} // namespace

void response::make_room() {
  if (fields.empty())
    fields.reserve(usual_fields);
}

response& response::set(std::string_view name, std::string_view value) {
  make_room();
  append_field(fields, name, value);
  return *this;
}

std::optional<std::string> response::take(std::string_view name) {
  std::optional<std::string> taken;
  for (std::size_t begin = 0; begin < fields.size();) {
    const auto end = fields.find("\r\n", begin) + 2;
    const std::string_view line{fields.data() + begin, end - begin};
    if (line.size() > name.size() && line[name.size()] == ':' &&
        boost::beast::iequals({line.data(), name.size()}, {name.data(), name.size()})) {
      taken = line.substr(name.size() + 2, line.size() - name.size() - 4);
      fields.erase(begin, end - begin);
    } else {
      begin = end;
    }
  }
  return taken;
}

std::string content_ranges::preamble(std::size_t index) const {
  if (boundary.empty())
    return {};
  std::string text{index == 0 ? "--" : "\r\n--"};
  return text.append(boundary)
    .append("\r\nContent-Type: application/octet-stream\r\nContent-Range: ")
    .append(content_range(ranges[index], source.size))
    .append("\r\n\r\n");
}

std::string content_ranges::trailer() const {
  return boundary.empty() ? std::string{} : "\r\n--" + boundary + "--\r\n";
}

std::uint64_t content_ranges::length() const {
  std::uint64_t bytes = trailer().size();
  for (std::size_t i = 0; i < ranges.size(); ++i)
    bytes += preamble(i).size() + ranges[i].length();
  return bytes;
}

bool has_content_length(unsigned status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

response make_empty(unsigned status) {
  response made;
  made.status = status;
  return made;
}

response make_text(unsigned status, std::string_view content_type, std::string body) {
  response made;
  made.status = status;
  made.set("Content-Type", content_type);
  made.content_length = body.size();
  made.body = std::move(body);
  return made;
}

response make_json(unsigned status, std::string body) {
  return make_text(status, "application/json", std::move(body));
}

std::string_view reason_phrase(unsigned status) noexcept {
  switch (status) {
  case 200: return "OK";
  case 201: return "Created";
  case 202: return "Accepted";
  case 204: return "No Content";
  case 206: return "Partial Content";
  case 301: return "Moved Permanently";
  case 302: return "Found";
  case 303: return "See Other";
  case 304: return "Not Modified";
  case 307: return "Temporary Redirect";
  case 308: return "Permanent Redirect";
  case 400: return "Bad Request";
  case 401: return "Unauthorized";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 408: return "Request Timeout";
  case 409: return "Conflict";
  case 413: return "Content Too Large";
  case 414: return "URI Too Long";
  case 415: return "Unsupported Media Type";
  case 416: return "Range Not Satisfiable";
  case 429: return "Too Many Requests";
  case 431: return "Request Header Fields Too Large";
  case 500: return "Internal Server Error";
  case 501: return "Not Implemented";
  case 502: return "Bad Gateway";
  case 503: return "Service Unavailable";
  case 504: return "Gateway Timeout";
  case 507: return "Insufficient Storage";
  default: return "Unknown";
  }
}

} // namespace gantry::http
