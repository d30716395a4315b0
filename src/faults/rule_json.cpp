#include "faults/rule_json.hpp"

#include "base/text.hpp"
#include "domain/strict_json.hpp"
#include "faults/delay_json.hpp"
#include "faults/json_members.hpp"
#include "faults/named_faults.hpp"
#include "http/field_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace gantry::faults {

namespace json = boost::json;

namespace {

constexpr std::size_t max_depth = 8;
constexpr std::size_t max_headers = 64;

constexpr std::string_view body_is_unread =
  "with a status the request's body is not read, unless after is true";

/// The fields that frame a response: a fault that changes them has a member of its own.
constexpr std::array<std::string_view, 4> framing{"connection", "content-length", "date",
                                                  "transfer-encoding"};

bool is_field_name(std::string_view name) {
  return is_token(name) && std::ranges::find(framing, in_lower_case(name)) == framing.end();
}

void read_match(members& from, target& into) {
  from.text("method", into.method);
  from.text("operation", into.operation);
  from.text("repository", into.repository);
  from.text("reference", into.reference);
  from.text("user_agent", into.user_agent);
}

void read_headers(members& from, effect& into) {
  from.read("headers", [&](const json::value& found) {
    const auto* fields = found.if_object();
    if (!fields || fields->size() > max_headers)
      return from.refuse("headers", "expected an object with at most 64 fields");
    into.headers.clear();
    for (const auto& field : *fields) {
      const auto* value = field.value().if_string();
      const std::string_view name{field.key().data(), field.key().size()};
      if (!value || !is_field_name(name) || !is_line({value->data(), value->size()}))
        return from.refuse("headers", "'" + excerpt(name) +
                                        "' is not a field with a text that a fault can set; the "
                                        "length has a member content_length");
      into.headers.emplace_back(name, std::string_view{value->data(), value->size()});
    }
  });
}

void read_location(members& from, location_change& into) {
  from.object("location", [&](members& inner) {
    inner.flag("absent", into.absent);
    inner.line("scheme", into.scheme);
    inner.line("host", into.host);
  });
}

void read_effect(members& from, effect& into) {
  std::uint64_t status = into.status;
  from.number("status", status, 200, 599);
  into.status = static_cast<unsigned>(status);
  from.line("code", into.code);
  from.line("message", into.message);
  from.read("body", [&](const json::value& found) {
    if (const auto* known = found.if_string())
      into.body.emplace(known->data(), known->size());
    else
      from.refuse("body", "expected a text");
  });
  from.line("content_type", into.content_type);
  from.flag("after", into.after);
  read_headers(from, into);
  read_delay(from, into.delay);
  from.size("rate", into.rate);
  from.size("upload_rate", into.upload_rate);
  from.number("reset_after", into.reset_after);
  from.number("reset_after_request", into.reset_after_request);
  from.number("truncate_after", into.truncate_after);
  from.number("content_length", into.content_length);
  from.number("corrupt_byte", into.corrupt_byte);
  from.flag("wrong_digest", into.wrong_digest);
  read_location(from, into.location);
  from.flag("endless_link", into.endless_link);
  const bool needs_status = into.body || !into.code.empty() || !into.message.empty() ||
                            !into.content_type.empty() || into.after;
  if (into.status == 0 && needs_status)
    from.refuse("status", "code, message, body, content_type and after need a status");
  if (into.reset_after && into.truncate_after)
    from.refuse("truncate_after", "the connection cannot be reset as well");
  const bool is_unread = into.status != 0 && !into.after;
  if (is_unread && into.reset_after_request)
    from.refuse("reset_after_request", body_is_unread);
  if (is_unread && into.upload_rate != 0)
    from.refuse("upload_rate", body_is_unread);
}

void read_members(members& from, rule& into) {
  from.line("name", into.name);
  from.object("match", [&](members& inner) { read_match(inner, into.match); });
  from.number("nth", into.when.nth, 1);
  from.number("every", into.when.every, 1);
  from.fraction("probability", into.when.probability);
  from.number("seed", into.when.seed);
  from.number("count", into.when.count);
  from.object("effect", [&](members& inner) { read_effect(inner, into.does); });
  from.finish();
}

/// Whatever the text, a rule of the table is valid: a test reads them all.
rule named_rule(const named_fault& named) {
  rule made;
  std::optional<error> mistake;
  const auto text = parse_object(named.rule, max_depth);
  if (text) {
    members from{*text, "", mistake};
    read_members(from, made);
  }
  made.name = named.name;
  return made;
}

result<rule> read_object(const json::object& text, const std::string& path) {
  rule made;
  std::optional<error> mistake;
  const auto* name = text.if_contains("name");
  const auto* named = name && name->is_string()
                        ? find_named_fault({name->get_string().data(), name->get_string().size()})
                        : nullptr;
  if (named)
    made = named_rule(*named);
  members from{text, path, mistake};
  read_members(from, made);
  if (!mistake && made.does == effect{}) {
    const bool is_bare = text.size() == 1 && name;
    mistake = fail(errc::request_invalid,
                   is_bare ? path + "name: '" + excerpt(made.name) +
                               "' is no named fault; GET /__parlel/faults lists them"
                           : path + "effect: expected an effect, such as {\"status\": 503}");
  }
  if (mistake)
    return std::move(*mistake);
  return made;
}

result<json::value> parse(std::string_view text) {
  if (text.size() > max_rules_text)
    return fail(errc::request_invalid, "expected at most 256 KiB of JSON");
  auto parsed = parse_json(text, max_depth);
  if (!parsed)
    return fail(errc::request_invalid, parsed.error().detail);
  return parsed;
}

/// Adds a member unless it has its default.
template <class T>
void show(json::object& into, std::string_view name, const T& value, const T& usual) {
  if (value != usual)
    into[name] = value;
}

void show(json::object& into, std::string_view name, const std::optional<std::uint64_t>& value) {
  if (value)
    into[name] = *value;
}

void show_object(json::object& into, std::string_view name, json::object inner) {
  if (!inner.empty())
    into[name] = std::move(inner);
}

json::object to_json(const target& match) {
  json::object text;
  show(text, "method", match.method, {});
  show(text, "operation", match.operation, {});
  show(text, "repository", match.repository, {});
  show(text, "reference", match.reference, {});
  show(text, "user_agent", match.user_agent, {});
  return text;
}

json::object to_json(const location_change& change) {
  json::object text;
  show(text, "absent", change.absent, false);
  show(text, "scheme", change.scheme, {});
  show(text, "host", change.host, {});
  return text;
}

json::object to_json(const effect& does) {
  json::object text;
  show(text, "status", does.status, 0U);
  show(text, "code", does.code, {});
  show(text, "message", does.message, {});
  if (does.body)
    text["body"] = *does.body;
  show(text, "content_type", does.content_type, {});
  show(text, "after", does.after, false);
  json::object headers;
  for (const auto& [name, value] : does.headers)
    headers[name] = value;
  show_object(text, "headers", std::move(headers));
  if (does.delay != delay_time{})
    text["delay"] = to_json(does.delay);
  show(text, "rate", does.rate, std::uint64_t{0});
  show(text, "upload_rate", does.upload_rate, std::uint64_t{0});
  show(text, "reset_after", does.reset_after);
  show(text, "reset_after_request", does.reset_after_request);
  show(text, "truncate_after", does.truncate_after);
  show(text, "content_length", does.content_length);
  show(text, "corrupt_byte", does.corrupt_byte);
  show(text, "wrong_digest", does.wrong_digest, false);
  show_object(text, "location", to_json(does.location));
  show(text, "endless_link", does.endless_link, false);
  return text;
}

} // namespace

result<rule> read_rule(std::string_view text) {
  const auto parsed = parse(text);
  if (!parsed)
    return parsed.error();
  if (!parsed->is_object())
    return fail(errc::request_invalid, "expected a JSON object");
  return read_object(parsed->get_object(), "");
}

result<std::vector<rule>> read_rules(std::string_view text) {
  const auto parsed = parse(text);
  if (!parsed)
    return parsed.error();
  std::vector<rule> rules;
  if (const auto* one = parsed->if_object()) {
    auto read = read_object(*one, "");
    if (!read)
      return std::move(read).error();
    rules.push_back(std::move(*read));
    return rules;
  }
  const auto* all = parsed->if_array();
  if (!all)
    return fail(errc::request_invalid, "expected a JSON object, or an array of them");
  for (const auto& each : *all) {
    const auto path = std::to_string(rules.size()) + ".";
    if (!each.is_object())
      return fail(errc::request_invalid, path + " expected a JSON object");
    auto read = read_object(each.get_object(), path);
    if (!read)
      return std::move(read).error();
    rules.push_back(std::move(*read));
  }
  return rules;
}

json::object to_json(const rule& shown) {
  json::object text;
  show(text, "name", shown.name, {});
  show_object(text, "match", to_json(shown.match));
  show(text, "nth", shown.when.nth, std::uint64_t{0});
  show(text, "every", shown.when.every, std::uint64_t{1});
  if (shown.when.probability < 1)
    text["probability"] = shown.when.probability;
  show(text, "seed", shown.when.seed, std::uint64_t{1});
  show(text, "count", shown.when.count, std::uint64_t{0});
  show_object(text, "effect", to_json(shown.does));
  return text;
}

} // namespace gantry::faults
