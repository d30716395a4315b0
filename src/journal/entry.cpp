#include "journal/entry.hpp"

#include "journal/secrets.hpp"

#include <algorithm>

namespace gantry::journal {

namespace {

constexpr std::string_view ellipsis = "...";

/// Cuts a text to `most` bytes; whether that was needed.
bool cut(std::string& text, std::size_t most) {
  if (text.size() <= most)
    return false;
  text.resize(most - ellipsis.size());
  text.append(ellipsis);
  return true;
}

/// Appends a field, masked and cut; whether something of it is missing.
bool append_field(std::string& fields, std::string_view name, std::string_view value) {
  if (is_secret_field(name))
    value = mask;
  const auto shown = value.substr(0, max_field);
  if (fields.size() + name.size() + shown.size() + ellipsis.size() + 4 > max_fields)
    return true;
  fields.append(name).append(": ").append(shown);
  const bool is_longer = shown.size() < value.size();
  fields.append(is_longer ? ellipsis : "").append("\r\n");
  return is_longer;
}

} // namespace

void entry::clear() noexcept {
  sequence = 0;
  duration = {};
  is_cut = false;
  is_secure = false;
  status = 0;
  bytes_sent = 0;
  body_bytes.reset();
  operation = {};
  for (auto* text : {&method, &target, &fields, &response_fields, &connection, &repository,
                     &request_id, &fault, &trace_id})
    text->clear();
}

void entry::set_method(std::string_view text) {
  method.assign(text.substr(0, max_method + 1));
  is_cut = cut(method, max_method) || is_cut;
}

void entry::set_target(std::string_view text) {
  target.clear();
  append_masked(target, text, max_target);
  is_cut = cut(target, max_target) || is_cut;
}

void entry::add_field(std::string_view name, std::string_view value) {
  is_cut = append_field(fields, name, value) || is_cut;
}

void entry::set_response_head(std::string_view head) {
  response_fields.clear();
  head.remove_prefix(std::min(head.find("\r\n"), head.size() - 2) + 2); // the status line
  visit_fields(head, [this](std::string_view name, std::string_view value) {
    if (is_same_name(name, "Location") && value.find('?') != std::string_view::npos) {
      std::string masked;
      append_masked(masked, value, max_target);
      is_cut = append_field(response_fields, name, masked) || is_cut;
    } else {
      is_cut = append_field(response_fields, name, value) || is_cut;
    }
  });
}

std::string_view field_of(std::string_view fields, std::string_view name) noexcept {
  std::string_view found;
  bool is_found = false;
  visit_fields(fields, [&](std::string_view each, std::string_view value) {
    if (!is_found && is_same_name(each, name)) {
      found = value;
      is_found = true;
    }
  });
  return found;
}

} // namespace gantry::journal
