// Turns method and target into an api_request: target → path and query → route → alternative.
#include "api/api_request.hpp"

#include "api/error_table.hpp"
#include "api/operations.hpp"
#include "api/route.hpp"
#include "http/target.hpp"

#include <boost/throw_exception.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gantry::api {

using http::query_parameters;

namespace {

/// Everything that an alternative is made of.
struct parts {
  std::string_view method;
  std::string_view last;
  const query_parameters& query;
  const parse_options& settings;

  bool is(std::string_view wanted) const noexcept { return method == wanted; }
  result<digest> read_digest(std::string_view text) const {
    return settings.lenient ? digest::parse_lenient(text) : digest::parse(text);
  }
};

result<page_query> read_page(const parts& from) {
  auto n = lift(from.query.first("n"));
  auto last = lift(from.query.first("last"));
  if (!n || !last)
    return n ? last.error() : n.error();
  return page_query{std::move(*n), std::move(*last), from.query.others()};
}

/// A dot segment is no reference, however lenient the profile is.
result<reference> read_reference(const parts& from) {
  if (from.last == "." || from.last == "..")
    return fail(errc::tag_invalid, from.last);
  return from.settings.lenient ? parse_reference_lenient(from.last) : parse_reference(from.last);
}

/// The `digest` parameter; an empty one counts as absent where it may be computed. Errors:
/// digest_invalid, request_invalid.
result<std::optional<digest>> read_digest_parameter(const parts& from) {
  const auto text = lift(from.query.first("digest"));
  if (!text)
    return text.error();
  if (!*text || (from.settings.lenient && (*text)->empty()))
    return std::optional<digest>{};
  auto id = from.read_digest(**text);
  if (!id)
    return std::move(id).error();
  return std::optional{*id};
}

result<api_request> make_catalog(const parts& from) {
  auto page = read_page(from);
  if (!page)
    return std::move(page).error();
  return list_repositories{std::move(*page)};
}

result<api_request> make_tags(repository_name name, const parts& from) {
  auto page = read_page(from);
  if (!page)
    return std::move(page).error();
  return list_tags{std::move(name), std::move(*page)};
}

result<api_request> make_blob(repository_name name, const parts& from) {
  if (from.last == "." || from.last == "..")
    return fail(errc::digest_invalid, from.last);
  const auto id = from.read_digest(from.last);
  if (!id)
    return id.error();
  if (from.is("DELETE"))
    return delete_blob{std::move(name), *id};
  return get_blob{std::move(name), *id};
}

result<api_request> make_start_upload(repository_name name, const parts& from) {
  start_upload made{std::move(name), {}, {}, {}, {}, false};
  const auto id = read_digest_parameter(from);
  const auto algorithm = lift(from.query.first("digest-algorithm"));
  const auto mount = from.query.first("mount");
  const auto source = from.query.first("from");
  if (!id)
    return id.error();
  made.id = *id;
  if (!algorithm)
    return algorithm.error();
  if (*algorithm) {
    const auto known = parse_algorithm(**algorithm);
    if (!known)
      return known.error();
    made.algorithm = *known;
  }
  if (mount && *mount) {
    if (const auto wanted = from.read_digest(**mount))
      made.mount = *wanted;
  }
  made.from_given = from.query.count("from") != 0;
  if (source && *source) {
    if (auto parsed = repository_name::parse(**source))
      made.from = std::move(*parsed);
  }
  return made;
}

result<api_request> make_upload(repository_name name, const parts& from) {
  const auto upload = upload_id::parse(from.last);
  if (!upload)
    return upload.error();
  if (from.is("PATCH"))
    return append_upload{std::move(name), *upload};
  if (from.is("DELETE"))
    return cancel_upload{std::move(name), *upload};
  if (!from.is("PUT"))
    return upload_status{std::move(name), *upload};
  const auto id = read_digest_parameter(from);
  if (!id)
    return id.error();
  return finish_upload{std::move(name), *upload, *id};
}

/// Errors: tag_invalid, too_many_tags, request_invalid.
result<std::vector<tag>> read_tags(const parts& from) {
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
    if (text.find_first_of("/:") != std::string::npos || text == "." || text == "..")
      return fail(errc::tag_invalid, text); // no path could name it
    if (std::ranges::find(tags, *parsed) == tags.end())
      tags.push_back(std::move(*parsed));
  }
  return tags;
}

result<api_request> make_manifest(repository_name name, const parts& from) {
  auto named = read_reference(from);
  // What cannot be a tag is not here to be read or deleted.
  if (!named && named.error().code == errc::tag_invalid && !from.is("PUT"))
    return fail(errc::manifest_unknown, from.last);
  if (!named)
    return std::move(named).error();
  if (from.is("DELETE"))
    return delete_manifest{std::move(name), std::move(*named)};
  if (!from.is("PUT"))
    return get_manifest{std::move(name), std::move(*named)};
  if (std::holds_alternative<tag>(*named))
    return put_manifest{std::move(name), std::move(*named), {}};
  auto tags = read_tags(from);
  if (!tags)
    return std::move(tags).error();
  return put_manifest{std::move(name), std::move(*named), std::move(*tags)};
}

/// Several parameters and comma lists add up.
result<std::vector<std::string>> read_artifact_types(const query_parameters& query) {
  const auto lists = lift(query.all("artifactType"));
  if (!lists)
    return lists.error();
  std::vector<std::string> types;
  for (std::string_view rest : *lists) {
    while (!rest.empty()) {
      const auto type = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(type.size() + 1, rest.size()));
      if (!type.empty())
        types.emplace_back(type);
    }
  }
  return types;
}

result<api_request> make_referrers(repository_name name, const parts& from) {
  const auto subject = from.read_digest(from.last);
  if (!subject)
    return subject.error();
  auto types = read_artifact_types(from.query);
  if (!types)
    return std::move(types).error();
  list_referrers made{std::move(name), *subject, std::move(*types), {}};
  const auto last = lift(from.query.first("last"));
  if (!last)
    return last.error();
  if (*last && !(*last)->empty()) {
    const auto after = from.read_digest(**last);
    if (!after)
      return after.error();
    made.last = *after;
  }
  return made;
}

result<api_request> make_collection(const parts& from) {
  if (from.method != "POST")
    return gc_status{};
  auto dry_run = lift(from.query.first("dry_run"));
  if (!dry_run)
    return std::move(dry_run).error();
  return collect_garbage{*dry_run && **dry_run != "0" && **dry_run != "false"};
}

/// What is inside of the repository called `text`. Errors: name_invalid, and those of `make`.
result<api_request> in_repository(std::string_view text, const parts& from,
                                  result<api_request> (*make)(repository_name, const parts&)) {
  auto name = repository_name::parse(text);
  if (!name)
    return std::move(name).error();
  return make(std::move(*name), from);
}

// Without a default: the compiler names the route that is forgotten.
result<api_request> make_request(const matched_route& matched, const parts& from) {
  switch (matched.where) {
  case route::root: return root{};
  case route::health: return health{};
  case route::ready: return ready{};
  case route::reset: return reset{};
  case route::emulator_repositories: return emulator_repositories{};
  case route::garbage_collection: return make_collection(from);
  case route::base: return base{};
  case route::catalog: return make_catalog(from);
  case route::blob: return in_repository(matched.name, from, make_blob);
  case route::uploads: return in_repository(matched.name, from, make_start_upload);
  case route::upload: return in_repository(matched.name, from, make_upload);
  case route::manifest: return in_repository(matched.name, from, make_manifest);
  case route::tags: return in_repository(matched.name, from, make_tags);
  case route::referrers: return in_repository(matched.name, from, make_referrers);
  case route::anywhere: break;
  }
  return fail(errc::internal);
}

/// The path decoded and without the prefix. Errors: request_invalid, route_unknown.
result<std::string> read_path(std::string_view encoded, std::string_view prefix) {
  if (!encoded.starts_with('/'))
    return fail(errc::request_invalid, "the target must be a path");
  auto path = lift(http::percent_decode(encoded));
  if (!path)
    return path;
  if (!path->starts_with(prefix))
    return fail(errc::route_unknown, *path);
  path->erase(0, prefix.size());
  if (path->empty())
    return std::string{"/"};
  if (!path->starts_with('/'))
    return fail(errc::route_unknown, encoded);
  return path;
}

std::string_view allowed_at(const result<std::string>& path) {
  if (!path)
    return all_methods;
  const auto matched = match_route(*path);
  return matched ? methods_of(matched->where) : all_methods;
}

} // namespace

void throw_exception_from_error(const rejection& refused, const boost::source_location& where) {
  std::string text{to_string(refused.why.code)};
  if (!refused.why.detail.empty())
    text += ": " + refused.why.detail;
  boost::throw_exception(std::runtime_error{text}, where);
}

parsed_request parse_request(std::string_view method, std::string_view target,
                             const parse_options& options) {
  const auto [encoded_path, query_text] = http::split_target(target);
  const auto path = read_path(encoded_path, options.prefix);
  if (method == "OPTIONS")
    return list_methods{std::string{allowed_at(path)}};
  if (!path && !is_allowed(all_methods, method)) // CONNECT's target is no path at all
    return rejection{fail(errc::method_not_allowed, method), std::string{all_methods}};
  if (!path)
    return rejection{path.error(), {}};
  const auto matched = match_route(*path);
  if (!matched)
    return rejection{fail(errc::route_unknown, *path), {}};
  const auto methods = methods_of(matched->where);
  if (!is_allowed(methods, method))
    return rejection{fail(errc::method_not_allowed, method), std::string{methods}};
  const query_parameters query{query_text};
  auto request = make_request(*matched, {method, matched->last, query, options});
  if (!request)
    return rejection{std::move(request).error(), {}};
  return std::move(*request);
}

bool is_control(std::string_view target, std::string_view prefix) {
  const auto path = read_path(http::split_target(target).path, prefix);
  return path && (path->starts_with("/__") || *path == "/mcp" || path->starts_with("/mcp/"));
}

} // namespace gantry::api
