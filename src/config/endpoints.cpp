#include "config/endpoints.hpp"

#include "base/text.hpp"
#include "config/texts.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <utility>

namespace gantry::config {

namespace {

constexpr std::string_view hidden = "***";

/// What distribution can ignore, and the kinds of changes of the log.
constexpr std::array<std::string_view, 8> actions{"copy", "delete", "expire", "mount",
                                                  "move", "pull",   "push",   "undelete"};
constexpr std::array<std::string_view, 2> formats{"cloudevents", "distribution"};

/// The longest time that an attempt may take, and so a test.
constexpr std::chrono::milliseconds longest_timeout = std::chrono::minutes{5};
constexpr std::chrono::milliseconds longest_backoff = std::chrono::hours{1};

/// Header fields that belong to the request itself.
constexpr std::array<std::string_view, 6> request_fields{
  "connection", "content-length", "content-type", "host", "transfer-encoding", "user-agent"};

std::pair<std::string, std::string> read_header(std::string_view text) {
  const auto colon = text.find(": ");
  const auto name = text.substr(0, colon);
  const bool is_field = colon != std::string_view::npos && is_token(name) &&
                        std::ranges::none_of(text, [](char c) { return is_control(c); });
  if (!is_field)
    throw std::invalid_argument{in_quotes(excerpt(name)) +
                                " is not the name of a field with a value of one line: write one "
                                "such as 'Authorization: [Bearer token]'"};
  if (std::ranges::find(request_fields, in_lower_case(name)) != request_fields.end())
    throw std::invalid_argument{in_quotes(name) + " is a field that the request itself sets: "
                                                  "leave it out"};
  return {std::string{name}, std::string{text.substr(colon + 2)}};
}

constexpr endpoint_field fields[] = {
  {.key = "backoff",
   .needed = "a duration from 1ms to 1h, such as 1s",
   .fallback = "1s",
   .help = "the first pause between attempts, once `threshold` have failed; it doubles up to five "
           "minutes, or stays if it is longer",
   .read =
     [](webhook& into, std::string_view text) {
       into.backoff = read_duration(text, std::chrono::milliseconds{1}, longest_backoff);
     }},
  {.key = "disabled",
   .needed = "true or false",
   .fallback = "false",
   .help = "send nothing, but keep the position",
   .read = [](webhook& into, std::string_view text) { into.disabled = read_switch(text); }},
  {.key = "format",
   .needed = "distribution or cloudevents",
   .fallback = "distribution",
   .help = "how events are written; a key of Gantry alone",
   .read =
     [](webhook& into, std::string_view text) {
       into.format =
         read_choice(text, formats) == 0 ? event_format::cloudevents : event_format::distribution;
     }},
  {.key = "headers",
   .kind = field_kind::map,
   .needed = "a map of names to lists, such as {Authorization: [Bearer token]}",
   .fallback = "none",
   .help = "further fields of each request",
   .read = [](webhook& into, std::string_view text) { into.headers.push_back(read_header(text)); }},
  {.key = "ignore.actions",
   .kind = field_kind::list,
   .needed = "a list of actions, such as [delete]",
   .fallback = "none",
   .help = "do not tell of these actions, by their names in either format",
   .read =
     [](webhook& into, std::string_view text) {
       into.ignored_actions.emplace_back(actions[read_choice(text, actions)]);
     }},
  {.key = "ignore.mediatypes",
   .kind = field_kind::list,
   .needed = "a list of media types",
   .fallback = "none",
   .help = "do not tell of manifests with these media types",
   .read = [](webhook& into,
              std::string_view text) { into.ignored_media_types.emplace_back(text); }},
  {.key = "ignoredmediatypes",
   .kind = field_kind::list,
   .needed = "a list of media types",
   .fallback = "none",
   .help = "the older key for the same",
   .read = [](webhook& into,
              std::string_view text) { into.ignored_media_types.emplace_back(text); }},
  {.key = "name",
   .needed = "a name, such as alistener",
   .fallback = "must be given",
   .help = "names it in metrics, in logs and to commands; its position is kept by its name",
   .read = [](webhook& into, std::string_view text) { into.name = read_name(text, "alistener"); }},
  {.key = "threshold",
   .needed = "a whole number from 1 to 1000, such as 10",
   .fallback = "10",
   .help = "so many attempts in a row may fail before the pauses begin",
   .read =
     [](webhook& into, std::string_view text) {
       into.threshold = static_cast<std::size_t>(read_count(text, {1, 1000}, 10));
     }},
  {.key = "timeout",
   .needed = "a duration from 1ms to 5m, such as 500ms",
   .fallback = "1s",
   .help = "an attempt fails after this time",
   .read =
     [](webhook& into, std::string_view text) {
       into.timeout = read_duration(text, std::chrono::milliseconds{1}, longest_timeout);
     }},
  {.key = "url",
   .needed = "a URL, such as https://listener.example/event",
   .fallback = "must be given",
   .help = "where events are posted to, by HTTP or HTTPS; it may have a user and a password",
   .read = [](webhook& into, std::string_view text) { into.url = text; }},
};

static_assert(std::ranges::is_sorted(fields, {}, &endpoint_field::key));

std::size_t place_of(const endpoint_field& field) {
  return static_cast<std::size_t>(&field - std::begin(fields));
}

webhook make(const given_item& from) {
  webhook made;
  for (const auto& field : fields)
    for (const auto& each : from.fields[place_of(field)].texts)
      field.read(made, each.text);
  return made;
}

[[noreturn]] void refuse_endpoint(const given_item& which, std::size_t index,
                                  const std::string& why) {
  const auto where = which.where.name.empty() ? std::string{} : which.where.name + ": ";
  throw std::invalid_argument{where + std::string{endpoints_key} + ": the endpoint " +
                              std::to_string(index) + " " + why};
}

} // namespace

std::span<const endpoint_field> endpoint_fields() noexcept {
  return fields;
}

const endpoint_field* find_endpoint_field(std::string_view key) noexcept {
  const auto* found = std::ranges::lower_bound(fields, key, {}, &endpoint_field::key);
  return found != std::end(fields) && found->key == key ? found : nullptr;
}

std::string without_secret(const endpoint_field& field, std::string_view text) {
  if (field.kind == field_kind::map)
    return concat(text.substr(0, text.find(": ")), ": ").append(hidden);
  if (field.key == "url") {
    const auto begin = text.find("//");
    const auto end = begin == std::string_view::npos ? begin : text.find_first_of("/?#", begin + 2);
    const auto at = text.substr(0, end).rfind('@');
    if (begin != std::string_view::npos && at != std::string_view::npos)
      return concat(text.substr(0, begin + 2), hidden).append(text.substr(at));
  }
  return std::string{text};
}

void endpoint_list::set(std::size_t index, const endpoint_field& field, std::string_view text,
                        const origin& where) {
  if (index >= max_endpoints)
    throw std::invalid_argument{"there are at most " + std::to_string(max_endpoints) +
                                " endpoints, numbered from 0"};
  webhook checked;
  field.read(checked, text);
  if (ask_ && field.key == "url")
    ask_(form::target, text);
  if (index >= given_.size())
    given_.resize(index + 1);
  auto& one = given_[index];
  one.fields.resize(std::size(fields));
  if (one.where.from == source::fallback)
    one.where = where;
  auto& known = one.fields[place_of(field)];
  if (known.where.from > where.from)
    return;
  if (field.kind == field_kind::text || known.where.from != where.from)
    known.texts.clear();
  known.where = where;
  known.texts.push_back({std::string{text}, where.shown});
}

std::vector<webhook> endpoint_list::finish() const {
  std::vector<webhook> made;
  std::set<std::string> names;
  for (std::size_t i = 0; i < given_.size(); ++i) {
    const auto& each = given_[i];
    if (each.fields.empty())
      refuse_endpoint(each, i, "is missing: number the endpoints from 0, without a gap");
    auto next = make(each);
    if (next.name.empty())
      refuse_endpoint(each, i, "has no name: write one, such as name: alistener");
    if (next.url.empty())
      refuse_endpoint(each, i, "has no url: write one, such as https://listener.example/event");
    if (!names.insert(next.name).second)
      refuse_endpoint(each, i, "has the name of another one: " + next.name);
    made.push_back(std::move(next));
  }
  return made;
}

} // namespace gantry::config
