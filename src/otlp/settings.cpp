#include "otlp/settings.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "client/registry_url.hpp"
#include "otlp/pairs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace gantry::otlp {

namespace {

using namespace std::string_view_literals;

constexpr auto disabled = "OTEL_SDK_DISABLED"sv;
constexpr auto traces_exporter = "OTEL_TRACES_EXPORTER"sv;
constexpr auto common_endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"sv;
constexpr auto traces_endpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"sv;
constexpr auto sampler_name = "OTEL_TRACES_SAMPLER"sv;
constexpr auto sampler_argument = "OTEL_TRACES_SAMPLER_ARG"sv;
constexpr auto queue_size = "OTEL_BSP_MAX_QUEUE_SIZE"sv;
constexpr auto batch_size = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"sv;
constexpr auto schedule_delay = "OTEL_BSP_SCHEDULE_DELAY"sv;
constexpr auto service_name = "OTEL_SERVICE_NAME"sv;
constexpr auto resource_attributes = "OTEL_RESOURCE_ATTRIBUTES"sv;

/// Settings that also have a variable for traces alone, which takes precedence.
constexpr auto headers = "HEADERS"sv;
constexpr auto timeout = "TIMEOUT"sv;
constexpr auto protocol = "PROTOCOL"sv;
constexpr auto authorities = "CERTIFICATE"sv;
constexpr std::array unsupported{"COMPRESSION"sv, "CLIENT_CERTIFICATE"sv, "CLIENT_KEY"sv};

/// OpenTelemetry's default, for OTEL_TRACES_EXPORTER=otlp alone.
constexpr auto default_endpoint = "http://localhost:4318"sv;
constexpr auto traces_path = "/v1/traces"sv;

/// Spans. More would hold memory for nothing.
constexpr std::uint64_t largest_queue = 1'000'000;
constexpr std::uint64_t longest_time = 24 * 3600 * 1000;

[[noreturn]] void refuse(std::string_view variable, std::string_view value, std::string_view why) {
  throw std::invalid_argument{std::string{variable} + " is '" + excerpt(value) + "', " +
                              std::string{why}};
}

/// A variable that is set.
struct given {
  std::string name;
  std::string_view value;
};

/// Reads the variables one after the other.
class reader {
public:
  explicit reader(const variables& from) : from_{from} {}

  std::optional<given> find(std::string_view name) const {
    const auto value = from_(name);
    if (!value || trim(*value).empty())
      return std::nullopt;
    return given{std::string{name}, trim(*value)};
  }

  /// The variable for traces alone, or the one for all signals.
  std::optional<given> find_specific(std::string_view setting) const {
    auto own = find(concat("OTEL_EXPORTER_OTLP_TRACES_", setting));
    return own ? own : find(concat("OTEL_EXPORTER_OTLP_", setting));
  }

private:
  const variables& from_;
};

std::uint64_t number_of(const given& each, std::uint64_t least, std::uint64_t most) {
  const auto number = whole_number(each.value);
  if (!number || *number < least || *number > most)
    refuse(each.name, each.value,
           "which is not a whole number from " + std::to_string(least) + " to " +
             std::to_string(most));
  return *number;
}

std::chrono::milliseconds time_of(const given& each) {
  return std::chrono::milliseconds{number_of(each, 1, longest_time)};
}

bool is_disabled(const reader& from) {
  const auto said = from.find(disabled);
  if (!said)
    return false;
  const auto value = in_lower_case(said->value);
  if (value != "true" && value != "false")
    refuse(said->name, said->value, "which is neither true nor false");
  return value == "true";
}

/// Whether an exporter was asked for, even without an address; nothing if none is wanted.
std::optional<bool> wants_export(const reader& from) {
  const auto said = from.find(traces_exporter);
  if (!said)
    return false;
  if (said->value == "none")
    return std::nullopt;
  if (said->value != "otlp")
    refuse(said->name, said->value, "which is neither otlp nor none");
  return true;
}

/// `path` is appended to an endpoint that all signals share.
std::string endpoint_of(const given& each, std::string_view path) {
  if (each.value.find('@') != std::string_view::npos) // a password, which is not repeated
    throw std::invalid_argument{each.name +
                                " has a user or a password: OTEL_EXPORTER_OTLP_HEADERS can hold "
                                "an Authorization"};
  const auto url = client::web_url::parse(each.value);
  if (!url || (!path.empty() && url->target.find('?') != std::string::npos))
    refuse(each.name, each.value, "which is not an address such as http://HOST:4318");
  std::string whole{each.value};
  while (!path.empty() && whole.ends_with('/'))
    whole.pop_back();
  return whole.append(path);
}

/// Empty if nothing is to be exported.
std::string find_endpoint(const reader& from) {
  const auto asked = wants_export(from);
  if (!asked)
    return {};
  if (const auto own = from.find(traces_endpoint))
    return endpoint_of(*own, {});
  if (const auto common = from.find(common_endpoint))
    return endpoint_of(*common, traces_path);
  return *asked ? concat(default_endpoint, traces_path) : std::string{};
}

/// False if nothing can be sent.
bool speaks(const reader& from, std::vector<std::string>& warnings) {
  const auto said = from.find_specific(protocol);
  if (!said || said->value == "http/json")
    return true;
  const bool is_binary = said->value == "http/protobuf";
  if (!is_binary && said->value != "grpc")
    refuse(said->name, said->value, "which is not http/json, http/protobuf or grpc");
  warnings.push_back(
    said->name + "=" + std::string{said->value} +
    (is_binary ? " is not spoken: traces are sent as http/json, which collectors take at the same "
                 "address"
               : " is not spoken, so no traces are sent: set it to http/json, and the endpoint to "
                 "the collector's port for HTTP (4318)"));
  return is_binary;
}

telemetry::sampler sampler_of(const reader& from) {
  using kind = telemetry::sampler::kind;
  const auto said = from.find(sampler_name);
  if (!said)
    return {};
  telemetry::sampler made;
  auto name = said->value;
  constexpr auto by_parent = "parentbased_"sv;
  made.follows_parent = name.starts_with(by_parent);
  if (made.follows_parent)
    name.remove_prefix(by_parent.size());
  if (name == "always_on")
    made.own = kind::always_on;
  else if (name == "always_off")
    made.own = kind::always_off;
  else if (name == "traceidratio")
    made.own = kind::ratio;
  else
    refuse(said->name, said->value,
           "which is not always_on, always_off, traceidratio, or one of these behind parentbased_");
  return made;
}

double ratio_of(const given& each) {
  double ratio = 0;
  const auto* const end = each.value.data() + each.value.size();
  const auto read = std::from_chars(each.value.data(), end, ratio);
  if (read.ec != std::errc{} || read.ptr != end || !(ratio >= 0 && ratio <= 1))
    refuse(each.name, each.value, "which is not a number from 0 to 1");
  return ratio;
}

telemetry::span_limits limits_of(const reader& from) {
  telemetry::span_limits limits;
  if (const auto queue = from.find(queue_size))
    limits.queue = number_of(*queue, 1, largest_queue);
  const auto batch = from.find(batch_size);
  if (batch)
    limits.batch = number_of(*batch, 1, largest_queue);
  if (batch && limits.batch > limits.queue)
    refuse(batch->name, batch->value,
           "which is more than " + std::string{queue_size} + " (" + std::to_string(limits.queue) +
             ")");
  limits.batch = std::min(limits.batch, limits.queue);
  return limits;
}

/// Secrets are not repeated.
text_pairs headers_of(const given& each) {
  auto read = read_pairs(each.value);
  if (!read || !std::ranges::all_of(
                 *read, [](const auto& pair) { return is_allowed_field(pair.first, pair.second); }))
    throw std::invalid_argument{
      each.name + " is not a list of fields such as api-key=secret,x-team=a%20b; fields about the "
                  "body and the connection are not for it"};
  return std::move(*read);
}

void put(text_pairs& into, std::string_view name, std::string_view value) {
  const auto found = std::ranges::find(into, name, &text_pairs::value_type::first);
  if (found != into.end())
    found->second = value;
  else
    into.emplace_back(name, value);
}

text_pairs resource_of(const reader& from) {
  auto resource = settings{}.resource;
  if (const auto said = from.find(resource_attributes)) {
    const auto read = read_pairs(said->value);
    const auto is_text = [](const auto& pair) {
      return is_utf8(pair.first) && is_utf8(pair.second);
    };
    if (!read || !std::ranges::all_of(*read, is_text))
      refuse(said->name, said->value, "which is not a list such as team=registry,zone=a%20b");
    for (const auto& [name, value] : *read)
      put(resource, name, value);
  }
  if (const auto name = from.find(service_name)) {
    if (!is_utf8(name->value))
      refuse(name->name, {}, "which is not UTF-8");
    put(resource, "service.name", name->value);
  }
  return resource;
}

void warn_of_unsupported(const reader& from, std::vector<std::string>& warnings) {
  for (const auto each : unsupported) {
    const auto said = from.find_specific(each);
    if (said && said->value != "none")
      warnings.push_back(said->name + " has no effect: " +
                         (each == unsupported.front() ? "batches are not compressed"
                                                      : "the exporter has no certificate"));
  }
}

} // namespace

chosen read(const variables& from) {
  const reader all{from};
  chosen made;
  if (is_disabled(all))
    return made;
  auto endpoint = find_endpoint(all);
  if (endpoint.empty() || !speaks(all, made.warnings))
    return made;
  auto& values = made.values;
  values.endpoint = std::move(endpoint);
  values.which = sampler_of(all);
  const auto argument = all.find(sampler_argument);
  if (argument && values.which.own == telemetry::sampler::kind::ratio)
    values.which.ratio = ratio_of(*argument);
  values.limits = limits_of(all);
  if (const auto said = all.find(schedule_delay))
    values.delay = time_of(*said);
  if (const auto said = all.find_specific(timeout))
    values.timeout = time_of(*said);
  if (const auto said = all.find_specific(headers))
    values.headers = headers_of(*said);
  if (const auto said = all.find_specific(authorities))
    values.authorities = said->value;
  values.resource = resource_of(all);
  warn_of_unsupported(all, made.warnings);
  return made;
}

std::vector<std::string> describe(const variables& from) {
  const reader all{from};
  std::vector<std::string> lines;
  const auto add = [&](std::string_view name) {
    if (const auto said = all.find(name))
      lines.push_back(
        said->name + ": " +
        (name.ends_with(headers) ? "not shown, may be a secret" : excerpt(said->value)));
  };
  for (const auto name :
       {disabled, traces_exporter, common_endpoint, traces_endpoint, sampler_name, sampler_argument,
        queue_size, batch_size, schedule_delay, service_name, resource_attributes})
    add(name);
  for (const auto setting : {headers, timeout, protocol, authorities})
    for (const auto prefix : {"OTEL_EXPORTER_OTLP_"sv, "OTEL_EXPORTER_OTLP_TRACES_"sv})
      add(concat(prefix, setting));
  return lines;
}

} // namespace gantry::otlp
