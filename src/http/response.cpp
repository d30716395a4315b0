#include "http/response.hpp"

#include "http/error_table.hpp"

namespace gantry::http {

namespace {

/// Most answers have fewer bytes of their own fields.
constexpr std::size_t usual_fields = 320;

void make_room(std::string& fields) {
  if (fields.empty())
    fields.reserve(usual_fields);
}

} // namespace

response& response::set(std::string_view name, std::string_view value) {
  make_room(fields);
  fields.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

response& response::set_digest(const digest& id) {
  make_room(fields);
  fields.append("Docker-Content-Digest: ");
  id.append_to(fields);
  fields.append("\r\n");
  return *this;
}

response& response::set_identity(const digest& id) {
  set_digest(id);
  fields.append("ETag: \"");
  id.append_to(fields);
  fields.append("\"\r\n");
  return *this;
}

std::string blob_slices::preamble(std::size_t index) const {
  if (boundary.empty())
    return {};
  std::string text{index == 0 ? "--" : "\r\n--"};
  return text.append(boundary)
    .append("\r\nContent-Type: application/octet-stream\r\nContent-Range: ")
    .append(content_range(ranges[index], source->size()))
    .append("\r\n\r\n");
}

std::string blob_slices::trailer() const {
  return boundary.empty() ? std::string{} : "\r\n--" + boundary + "--\r\n";
}

std::uint64_t blob_slices::length() const {
  std::uint64_t bytes = trailer().size();
  for (std::size_t i = 0; i < ranges.size(); ++i)
    bytes += preamble(i).size() + ranges[i].length();
  return bytes;
}

bool has_content_length(unsigned status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

response make_empty(unsigned status) {
  response answer;
  answer.status = status;
  return answer;
}

response make_text(unsigned status, std::string_view content_type, std::string body) {
  response answer;
  answer.status = status;
  answer.set("Content-Type", content_type);
  answer.content_length = body.size();
  answer.body = std::move(body);
  return answer;
}

response make_json(unsigned status, std::string body) {
  return make_text(status, "application/json", std::move(body));
}

response make_error_response(const error& failure, std::string_view allow) {
  const auto status = to_wire(failure.code).status;
  auto answer = make_json(status, render(failure));
  if (status == 405)
    answer.set("Allow", allow);
  if (status == 429 || status == 503)
    answer.set("Retry-After", "1");
  return answer;
}

} // namespace gantry::http
