#include "listing/facts.hpp"

#include "base/text.hpp"
#include "domain/strict_json.hpp"
#include "listing/query.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace gantry::listing {

namespace {

namespace json = boost::json;

/// Deeper documents are not read.
constexpr std::size_t max_depth = 32;
/// What attestations of BuildKit have as their platform.
constexpr std::string_view no_platform = "unknown/unknown";
constexpr std::size_t max_platform_length = 48;
/// Those of RFC 6838, 4.2, are shorter.
constexpr std::size_t max_type_length = 255;

std::string text_in(const json::object& from, std::string_view member) {
  const auto* const value = find_member(from, member);
  return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// `os/architecture`, or `os/architecture/variant`; empty if it does not say both.
std::string platform_in(const json::object& from) {
  const auto os = text_in(from, "os");
  const auto architecture = text_in(from, "architecture");
  if (os.empty() || architecture.empty())
    return {};
  auto platform = os + '/' + architecture;
  if (const auto variant = text_in(from, "variant"); !variant.empty())
    platform += '/' + variant;
  const bool is_usual =
    platform.size() <= max_platform_length && std::ranges::all_of(platform, is_visible);
  return is_usual && platform != no_platform && platform.find(',') == std::string::npos
           ? platform
           : std::string{};
}

const json::object* object_in(const json::object& from, std::string_view member) {
  const auto* const value = find_member(from, member);
  return value ? value->if_object() : nullptr;
}

void add_facts(std::vector<fact>& all, fact_kind kind, const json::object& from) {
  std::size_t left = max_facts;
  for (const auto& [key, value] : from) {
    const auto* const text = value.if_string();
    if (!text || key.empty() || key.size() > max_fact_length || text->size() > max_fact_length)
      continue;
    if (left-- == 0)
      break;
    all.push_back({kind, std::string{key}, std::string{*text}});
  }
}

/// Of an index: platforms by the digests of its children.
std::unordered_map<std::string, std::string> read_platforms(const std::string& bytes) {
  static constexpr std::array<std::string_view, 6> members{"manifests", "digest",       "platform",
                                                           "os",        "architecture", "variant"};
  std::unordered_map<std::string, std::string> platforms;
  const auto document = parse_object(bytes, manifest::max_depth, members);
  const auto* const children = document ? find_member(*document, "manifests") : nullptr;
  if (!children || !children->is_array())
    return platforms;
  for (const auto& each : children->get_array())
    if (const auto* const described = each.if_object())
      if (const auto* const platform = object_in(*described, "platform"))
        platforms.try_emplace(text_in(*described, "digest"), platform_in(*platform));
  return platforms;
}

std::vector<child> children_of(const manifest& value) {
  std::vector<child> children;
  if (value.children().empty())
    return children;
  const auto platforms = read_platforms(value.bytes());
  for (const auto& each : value.children()) {
    const auto is_same = [&](const child& known) { return known.target == each.target; };
    if (std::ranges::any_of(children, is_same))
      continue;
    const auto found = platforms.find(each.target.to_string());
    children.push_back({each.target, found == platforms.end() ? std::string{} : found->second});
  }
  return children;
}

/// Descriptors may claim any size of a blob that is not here.
std::vector<descriptor> blobs_of(const manifest& value) {
  auto blobs = value.required_blobs();
  for (auto& each : blobs)
    each.size = std::min(each.size, max_blob_size);
  return blobs;
}

} // namespace

manifest_facts facts_of(const manifest& value, std::string_view config) {
  manifest_facts known{.id = value.id(),
                       .media_type = std::string{value.type().to_string()},
                       .artifact_type = value.artifact_type().size() <= max_type_length
                                          ? value.artifact_type()
                                          : std::string{},
                       .bytes = value.bytes().size(),
                       .blobs = blobs_of(value),
                       .children = children_of(value)};
  if (const auto& subject = value.subject())
    known.subject = subject->target;
  if (const auto noted = parse_object(value.annotations(), max_depth))
    add_facts(known.facts, fact_kind::annotation, *noted);
  if (const auto said = parse_object(config, max_depth)) {
    known.platform = platform_in(*said);
    const auto* const runs = object_in(*said, "config");
    if (const auto* const labels = runs ? object_in(*runs, "Labels") : nullptr)
      add_facts(known.facts, fact_kind::label, *labels);
  }
  return known;
}

std::optional<std::pair<digest, std::string>> subject_of(const tag& name) {
  const std::string_view text = name.to_string();
  const auto dash = text.find('-');
  const auto dot = text.find('.');
  if (dash == std::string_view::npos || dot == std::string_view::npos || dot < dash)
    return std::nullopt;
  const auto kind = text.substr(dot + 1);
  if (kind != "sig" && kind != "att" && kind != "sbom")
    return std::nullopt;
  auto id = digest::parse(std::string{text.substr(0, dash)} + ':' +
                          std::string{text.substr(dash + 1, dot - dash - 1)});
  if (!id)
    return std::nullopt;
  return std::pair{std::move(*id),
                   "application/vnd.dev.cosign.artifact." + std::string{kind} + ".v1+json"};
}

} // namespace gantry::listing
