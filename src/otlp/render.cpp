#include "otlp/render.hpp"

#include "telemetry/escape.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <variant>

namespace gantry::otlp {

namespace {

using telemetry::append;
using telemetry::append_json;
using telemetry::span_attribute;
using telemetry::span_record;

/// Bytes: most spans are smaller.
constexpr std::size_t usual_span = 768;

/// OTLP's STATUS_CODE_ERROR.
constexpr std::string_view failed_status = R"(,"status":{"code":2})";

/// Texts of the operator, which may hold any UTF-8.
std::string in_quotes(std::string_view text) {
  return boost::json::serialize(boost::json::string{text.data(), text.size()});
}

/// In OTLP's JSON, numbers of 64 bits are texts.
void append_number(std::string& into, std::string_view name, std::int64_t number) {
  append(into, name);
  into.push_back('"');
  append(into, std::to_string(number));
  into.push_back('"');
}

void append_time(std::string& into, std::string_view name,
                 std::chrono::system_clock::time_point when) {
  append_number(
    into, name,
    std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count());
}

void append_text(std::string& into, std::string_view name, std::string_view text) {
  append(into, name);
  into.push_back('"');
  append_json(into, text);
  into.push_back('"');
}

void append_attribute(std::string& into, const span_attribute& each) {
  append_text(into, R"({"key":)", each.name);
  if (const auto* number = std::get_if<std::int64_t>(&each.value))
    append_number(into, R"(,"value":{"intValue":)", *number);
  else
    append_text(into, R"(,"value":{"stringValue":)", std::get<std::string>(each.value));
  append(into, "}}");
}

void append_link(std::string& into, const telemetry::span_context& each) {
  append_text(into, R"({"traceId":)", each.trace()->id.to_hex());
  append_text(into, R"(,"spanId":)", each.id().to_hex());
  if (const auto& state = each.trace()->state; !state.empty())
    append_text(into, R"(,"traceState":)", state);
  into.push_back('}');
}

/// `[a,b]`, in which `append_item(into, item)` writes each.
template <class Items, class Append>
void append_list(std::string& into, std::string_view name, const Items& items, Append append_item) {
  append(into, name);
  into.push_back('[');
  for (const auto& each : items) {
    if (into.back() != '[')
      into.push_back(',');
    append_item(into, each);
  }
  into.push_back(']');
}

void append_span(std::string& into, const span_record& each) {
  append_text(into, R"({"traceId":)", each.trace->id.to_hex());
  append_text(into, R"(,"spanId":)", each.id.to_hex());
  if (each.parent)
    append_text(into, R"(,"parentSpanId":)", each.parent.to_hex());
  if (!each.trace->state.empty())
    append_text(into, R"(,"traceState":)", each.trace->state);
  append_text(into, R"(,"name":)", each.name);
  append(into, R"(,"kind":)");
  append(into, std::to_string(static_cast<unsigned>(each.kind)));
  append_time(into, R"(,"startTimeUnixNano":)", each.begin);
  append_time(into, R"(,"endTimeUnixNano":)", each.end);
  if (!each.attributes.empty())
    append_list(into, R"(,"attributes":)", each.attributes, append_attribute);
  if (!each.links.empty())
    append_list(into, R"(,"links":)", each.links, append_link);
  if (each.has_failed)
    append(into, failed_status);
  into.push_back('}');
}

} // namespace

envelope::envelope(text_pairs resource, std::string_view version) {
  constexpr std::string_view own = "service.version";
  if (std::ranges::find(resource, own, &text_pairs::value_type::first) == resource.end())
    resource.emplace_back(own, version);
  append_list(
    head_, R"({"resourceSpans":[{"resource":{"attributes":)", resource,
    [](std::string& into, const auto& pair) {
      into.append(R"({"key":)").append(in_quotes(pair.first));
      into.append(R"(,"value":{"stringValue":)").append(in_quotes(pair.second)).append("}}");
    });
  head_.append(R"(},"scopeSpans":[{"scope":{"name":"gantry","version":)")
    .append(in_quotes(version))
    .append("}");
}

std::string envelope::wrap(std::span<const span_record> spans) const {
  std::string body;
  body.reserve(head_.size() + spans.size() * usual_span);
  body.append(head_);
  append_list(body, R"(,"spans":)", spans, append_span);
  return body.append("}]}]}");
}

} // namespace gantry::otlp
