#include "api/history_json.hpp"

#include "base/timestamp.hpp"
#include "domain/strict_json.hpp"
#include "faults/json_members.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <string>
#include <utility>

namespace gantry::api {

namespace {

constexpr std::size_t undo_depth = 4;

using undo_what = decltype(undo_request::what);

/// Reads a member's text with `parse`; absent if it is refused.
template <class Parse>
auto read_named(faults::members& from, std::string_view name, std::string_view expected,
                Parse parse) {
  std::string text;
  from.text(name, text);
  auto value = parse(text);
  if (!value)
    from.refuse(name, expected);
  return value;
}

undo_what read_what(faults::members& from) {
  std::uint64_t sequence = 0;
  from.number("sequence", sequence, 1);
  if (from.has("manifest")) {
    auto id = read_named(from, "manifest", "expected a digest, such as \"sha256:…\"",
                         [](auto text) { return digest::parse(text); });
    if (id)
      return undo_removal{std::move(*id)};
  }
  if (from.has("tag")) {
    auto name = read_named(from, "tag", "expected a tag, such as \"latest\"",
                           [](auto text) { return tag::parse_lenient(text); });
    const auto to =
      read_named(from, "to", "expected a time from 1970 to 2199, such as \"2026-01-31T12:00:00Z\"",
                 [](auto text) { return parse_timestamp(text); });
    if (name && to)
      return undo_since{std::move(*name), *to};
  }
  return undo_change{sequence};
}

boost::json::object to_json(const history_entry& entry, changer_detail shown) {
  boost::json::object text{{"sequence", entry.sequence},
                           {"change", entry.change},
                           {"time", render_timestamp(entry.at)},
                           {"event", to_string(entry.kind)}};
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty())
      text[name] = value;
  };
  if (entry.name)
    add("tag", entry.name->to_string());
  if (entry.before)
    add("before", entry.before->to_string());
  if (entry.after)
    add("after", entry.after->to_string());
  add("mediaType", entry.media_type);
  text["size"] = entry.size;
  if (entry.by) {
    add("user", entry.by->user);
    if (shown == changer_detail::all) {
      add("token", entry.by->token);
      add("address", entry.by->address);
    }
  }
  return text;
}

} // namespace

changer_detail detail_for(const exchange& ex) {
  return !ex.rights || ex.rights->may(policy::action::admin) ? changer_detail::all
                                                             : changer_detail::user;
}

std::string render(const repository_name& repository, const std::vector<history_entry>& entries,
                   changer_detail shown) {
  boost::json::array told;
  told.reserve(entries.size());
  for (const auto& each : entries)
    told.push_back(to_json(each, shown));
  return boost::json::serialize(
    boost::json::object{{"repository", repository.to_string()}, {"entries", std::move(told)}});
}

result<undo_what> read_undo(std::string_view text) {
  const auto parsed = parse_object(text, undo_depth);
  if (!parsed)
    return fail(errc::request_invalid, parsed.error().detail);
  std::optional<error> mistake;
  faults::members from{*parsed, "", mistake};
  const int kinds =
    from.has("sequence") + from.has("manifest") + (from.has("tag") || from.has("to"));
  if (kinds != 1)
    return fail(errc::request_invalid, "expected one of sequence, manifest, and tag with to");
  auto what = read_what(from);
  from.finish();
  if (mistake)
    return std::move(*mistake);
  return what;
}

} // namespace gantry::api
