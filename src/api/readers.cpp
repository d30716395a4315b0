#include "api/readers.hpp"

#include "api/error_table.hpp"
#include "api/optional_parameter.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "domain/image_reference.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace gantry::api {

namespace {

bool is_dot_segment(std::string_view text) noexcept {
  return text == "." || text == "..";
}

result<std::optional<time_point>> read_time(const parts& from, std::string_view name) {
  return read_optional(from, name, false, [&](std::string_view text) {
    const auto time = parse_timestamp(text);
    return time ? result<time_point>{*time}
                : fail(errc::request_invalid,
                       concat(concat(name, concat(": '", excerpt(text))),
                              "' is not a time such as 2026-01-31T12:00:00Z (percent-encode a +)"));
  });
}

/// A switch is on unless its text is 0 or false.
result<bool> read_switch(const parts& from, std::string_view name) {
  const auto text = lift(from.query.first(name));
  if (!text)
    return text.error();
  return *text && **text != "0" && **text != "false";
}

/// Errors: request_invalid.
result<image_reference> read_image(const parts& from, std::string_view parameter) {
  const auto text = lift(from.query.first(parameter));
  if (!text)
    return text.error();
  auto image = from.settings.lenient ? image_reference::parse_lenient(text->value_or(""))
                                     : image_reference::parse(text->value_or(""));
  if (!image)
    return fail(
      errc::request_invalid,
      concat(parameter, ": expected an image, such as team/app:1.2 or team/app@sha256:…"));
  return image;
}

/// A copy gets a tag, and keeps its digest.
result<image_reference> read_copy_to(const parts& from) {
  auto image = read_image(from, "to");
  if (image && image->name && std::holds_alternative<digest>(*image->name))
    return fail(errc::request_invalid, "to: a copy gets a tag: team/app:1.2");
  return image;
}

} // namespace

result<repository_name> read_name(const parts& from) {
  return repository_name::parse(from.path.name);
}

result<digest> read_digest(const parts& from) {
  if (is_dot_segment(from.path.last))
    return fail(errc::digest_invalid, from.path.last);
  return from.read_digest(from.path.last);
}

result<reference> read_new_reference(const parts& from) {
  if (is_dot_segment(from.path.last))
    return fail(errc::tag_invalid, from.path.last);
  return from.settings.lenient ? parse_reference_lenient(from.path.last)
                               : parse_reference(from.path.last);
}

result<reference> read_reference(const parts& from) {
  auto named = read_new_reference(from);
  if (!named && named.error().code == errc::tag_invalid)
    return fail(errc::manifest_unknown, from.path.last);
  return named;
}

result<tag> read_tag(const parts& from) {
  if (is_dot_segment(from.path.last))
    return fail(errc::tag_invalid, from.path.last);
  return from.settings.lenient ? tag::parse_lenient(from.path.last) : tag::parse(from.path.last);
}

result<upload_id> read_upload(const parts& from) {
  return upload_id::parse(from.path.last);
}

result<page_query> read_page(const parts& from) {
  auto n = lift(from.query.first("n"));
  auto last = lift(from.query.first("last"));
  if (!n || !last)
    return n ? last.error() : n.error();
  return page_query{std::move(*n), std::move(*last), from.query.others()};
}

result<page_query> read_history_page(const parts& from) {
  auto n = lift(from.query.first("n"));
  if (!n)
    return n.error();
  return page_query{std::move(*n), std::nullopt, from.query.others({"n", "before"})};
}

result<std::optional<time_point>> read_before(const parts& from) {
  return read_time(from, "before");
}

result<std::optional<time_point>> read_since(const parts& from) {
  return read_time(from, "since");
}

result<std::optional<time_point>> read_at(const parts& from) {
  return read_time(from, "at");
}

result<std::optional<digest>> read_target(const parts& from) {
  return read_optional(from, "digest", false, [&](std::string_view text) {
    auto target = from.read_digest(text);
    if (!target)
      target = fail(errc::digest_invalid,
                    concat(concat("digest: '", excerpt(text)),
                           "' is not a digest, such as sha256: and 64 digits of lower-case hex"));
    return target;
  });
}

result<std::optional<digest>> read_last_digest(const parts& from) {
  return read_optional(from, "last", true, [&](auto text) { return from.read_digest(text); });
}

result<std::optional<digest>> read_digest_parameter(const parts& from) {
  return read_optional(from, "digest", from.settings.lenient,
                       [&](auto text) { return from.read_digest(text); });
}

result<std::vector<std::string>> read_artifact_types(const parts& from) {
  const auto lists = lift(from.query.all("artifactType"));
  if (!lists)
    return lists.error();
  std::vector<std::string> types;
  for (const std::string_view list : *lists)
    for (const auto type : split(list, ','))
      types.emplace_back(type);
  return types;
}

result<std::uint64_t> read_fault(const parts& from) {
  const auto number = whole_number(from.path.last);
  if (!number)
    return fail(errc::fault_unknown, from.path.last);
  return *number;
}

result<std::uint64_t> read_snapshot(const parts& from) {
  const auto number = whole_number(from.path.last);
  if (!number)
    return fail(errc::snapshot_unknown, from.path.last);
  return *number;
}

result<plan_id> read_plan(const parts& from) {
  const auto text = lift(from.query.first("plan"));
  return text ? read_plan_id(text->value_or("")) : text.error();
}

result<run_id> read_run(const parts& from) {
  const auto text = lift(from.query.first("run"));
  return text ? read_run_id(text->value_or("")) : text.error();
}

result<std::string> read_webhook(const parts& from) {
  return std::string{from.path.last};
}

result<std::optional<repository_name>> read_prefix(const parts& from) {
  return read_optional(from, "prefix", false, [](std::string_view text) {
    auto name =
      repository_name::parse(text.ends_with('/') ? text.substr(0, text.size() - 1) : text);
    if (!name)
      name = fail(errc::request_invalid,
                  concat(concat("prefix: '", excerpt(text)),
                         "' is not the beginning of repository names, such as team or team/app"));
    return name;
  });
}

result<std::optional<std::string>> read_after(const parts& from) {
  return lift(from.query.first("after"));
}

result<bool> read_read_only(const parts& from) {
  auto text = lift(from.query.first("read_only"));
  if (!text)
    return std::move(text).error();
  if (!*text || (**text != "true" && **text != "false"))
    return fail(errc::request_invalid, "read_only: write true or false");
  return **text == "true";
}

result<std::optional<tag>> read_tag_parameter(const parts& from) {
  return read_optional(from, "tag", false, [](auto text) { return tag::parse(text); });
}

result<repository_name> read_new_name(const parts& from) {
  const auto text = lift(from.query.first("to"));
  if (!text)
    return text.error();
  if (!*text)
    return fail(errc::request_invalid, "to: expected the new name of the repository");
  return repository_name::parse(**text);
}

result<repository_name> read_copy_target(const parts& from) {
  auto image = read_copy_to(from);
  if (!image)
    return std::move(image).error();
  return std::move(image->repository);
}

result<std::optional<tag>> read_copy_tag(const parts& from) {
  auto image = read_copy_to(from);
  if (!image)
    return std::move(image).error();
  return image->name ? std::optional{std::get<tag>(std::move(*image->name))} : std::nullopt;
}

result<repository_name> read_copy_source(const parts& from) {
  auto image = read_image(from, "from");
  if (!image)
    return std::move(image).error();
  return std::move(image->repository);
}

result<reference> read_copied(const parts& from) {
  auto image = read_image(from, "from");
  if (!image)
    return std::move(image).error();
  if (!image->name)
    return fail(errc::request_invalid, "from: expected a tag or a digest, such as team/app:1.2");
  return std::move(*image->name);
}

result<bool> read_purge(const parts& from) {
  return read_switch(from, "purge");
}

result<bool> read_dry_run(const parts& from) {
  return read_switch(from, "dry_run");
}

result<std::optional<std::string>> read_scopes(const parts& from) {
  const auto all = lift(from.query.all("scope"));
  if (!all)
    return all.error();
  if (all->empty())
    return std::optional<std::string>{};
  std::string scopes;
  for (const auto& each : *all)
    scopes.append(scopes.empty() ? "" : " ").append(each);
  std::ranges::replace(scopes, '+', ' '); // Go encodes a space that way
  return std::optional{std::move(scopes)};
}

result<bool> read_offline(const parts& from) {
  auto text = lift(from.query.first("offline_token"));
  if (!text)
    return std::move(text).error();
  return *text && **text == "true";
}

result<std::vector<tag>> read_tags(const parts& from) {
  if (from.query.count("tag") == 0)
    return std::vector<tag>{};
  const auto named = read_new_reference(from);
  if (!named || std::holds_alternative<tag>(*named))
    return std::vector<tag>{};
  if (from.query.count("tag") > from.settings.max_tag_parameters)
    return fail(errc::too_many_tags);
  const auto texts = lift(from.query.all("tag"));
  if (!texts)
    return texts.error();
  std::vector<tag> tags;
  for (const std::string& text : *texts) {
    auto parsed = from.settings.lenient ? tag::parse_lenient(text) : tag::parse(text);
    if (!parsed)
      return std::move(parsed).error();
    if (text.find_first_of("/:") != std::string::npos || is_dot_segment(text))
      return fail(errc::tag_invalid, text); // no path can name it
    if (std::ranges::find(tags, *parsed) == tags.end())
      tags.push_back(std::move(*parsed));
  }
  return tags;
}

result<std::optional<digest_algorithm>> read_algorithm(const parts& from) {
  return read_optional(from, "digest-algorithm", false, parse_algorithm);
}

result<std::optional<digest>> read_mount(const parts& from) {
  const auto text = from.query.first("mount");
  if (text && *text)
    if (const auto wanted = from.read_digest(**text))
      return std::optional{*wanted};
  return std::optional<digest>{};
}

result<std::optional<repository_name>> read_source(const parts& from) {
  const auto text = from.query.first("from");
  if (text && *text)
    if (auto parsed = repository_name::parse(**text))
      return std::optional{std::move(*parsed)};
  return std::optional<repository_name>{};
}

result<bool> read_has_source(const parts& from) {
  return from.query.count("from") != 0;
}

} // namespace gantry::api
