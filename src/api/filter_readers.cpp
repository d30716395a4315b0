#include "api/filter_readers.hpp"

#include "api/error_table.hpp"
#include "api/optional_parameter.hpp"
#include "base/text.hpp"
#include "domain/name_glob.hpp"

#include <utility>

namespace gantry::api {

namespace {

result<std::string> read_glob(const parts& from, std::string_view name,
                              result<std::string> (*parse)(std::string_view, std::string_view)) {
  if (from.query.count(name) > 1)
    return fail(errc::request_invalid,
                concat(name, ": write it once, with * for what differs, or ask several times"));
  auto glob = read_optional(from, name, false, [&](auto text) { return parse(name, text); });
  if (!glob)
    return std::move(glob).error();
  return std::move(*glob).value_or(std::string{});
}

template <class Sorting>
result<Sorting> read_sorting(const parts& from, result<Sorting> (*parse)(std::string_view)) {
  auto chosen = read_optional(from, "sort", false, parse);
  if (!chosen)
    return std::move(chosen).error();
  return chosen->value_or(Sorting{});
}

/// Errors: request_invalid (no key).
result<listing::wanted_fact> read_fact(std::string_view parameter, std::string_view text) {
  const auto equals = text.find('=');
  const auto key = text.substr(0, equals);
  if (key.empty())
    return fail(errc::request_invalid, concat(parameter, ": expected KEY or KEY=VALUE, such as "
                                                         "org.opencontainers.image.version=1.2"));
  listing::wanted_fact wanted{std::string{key}};
  if (key.size() < text.size())
    wanted.value = text.substr(equals + 1);
  return wanted;
}

result<std::vector<listing::wanted_fact>> read_facts(const parts& from,
                                                     std::string_view parameter) {
  if (from.query.count(parameter) > max_wanted_facts)
    return fail(errc::request_invalid,
                concat(parameter, ": write at most " + std::to_string(max_wanted_facts)));
  const auto texts = lift(from.query.all(parameter));
  if (!texts)
    return texts.error();
  std::vector<listing::wanted_fact> wanted;
  for (const auto& text : *texts) {
    auto fact = read_fact(parameter, text);
    if (!fact)
      return std::move(fact).error();
    wanted.push_back(std::move(*fact));
  }
  return wanted;
}

} // namespace

result<std::string> read_repository_glob(const parts& from) {
  return read_glob(from, "repository", parse_repository_glob);
}

result<std::string> read_tag_glob(const parts& from) {
  return read_glob(from, "tag", parse_tag_glob);
}

result<std::string> read_listed_repositories(const parts& from) {
  return read_glob(from, "name", parse_repository_glob);
}

result<std::string> read_listed_tags(const parts& from) {
  return read_glob(from, "name", parse_tag_glob);
}

result<std::string> read_contains(const parts& from) {
  auto text = lift(from.query.first("contains"));
  if (!text)
    return std::move(text).error();
  return std::move(*text).value_or(std::string{});
}

result<listing::sorting<listing::repository_order>> read_repository_sorting(const parts& from) {
  return read_sorting(from, listing::read_repository_sorting);
}

result<listing::sorting<listing::tag_order>> read_tag_sorting(const parts& from) {
  return read_sorting(from, listing::read_tag_sorting);
}

result<std::vector<listing::wanted_fact>> read_annotations(const parts& from) {
  return read_facts(from, "annotation");
}

result<std::vector<listing::wanted_fact>> read_labels(const parts& from) {
  return read_facts(from, "label");
}

result<std::string> read_artifact_type(const parts& from) {
  auto text = lift(from.query.first("artifactType"));
  if (!text)
    return std::move(text).error();
  if ((*text && (*text)->empty()) || from.query.count("artifactType") > 1)
    return fail(errc::request_invalid,
                "artifactType: expected a single type, such as application/spdx+json");
  return std::move(*text).value_or(std::string{});
}

} // namespace gantry::api
