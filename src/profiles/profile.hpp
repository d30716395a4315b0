// Registries that Gantry can imitate: how each deviates from the specification, and what it grants.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace gantry::profiles {

/// An error as the registry sends it. In the message `{name}` stands for the repository, `{prefix}`
/// for the part of it that must exist, and `{tag}` for a tag.
struct complaint {
  unsigned status;
  std::string_view code;
  std::string_view message;
};

/// Another default of a setting, by the key and text of the table of settings.
struct preset {
  std::string_view key;
  std::string_view text;
};

/// Which requests of an operation.
enum class condition : std::uint8_t {
  /// The reference is a tag.
  by_tag,
  /// The Content-Type is one of docker's.
  docker_type,
  /// Content-Range begins after the first byte.
  later_chunk,
};

/// Requests of this operation are refused.
struct refused {
  std::string_view operation;
  condition which;
  complaint error;
};

/// Pushes to a name with fewer components are refused.
struct name_depth {
  std::size_t components;
  complaint error;
};

/// Pushes are refused unless the first components of the name exist and more follow; with 0 the
/// whole name must exist.
struct existing_prefix {
  std::size_t components;
  complaint error;
};

/// A manifest cannot be deleted while a tag points to it.
struct tags_hold_manifests {
  complaint error;
};

/// A list has all entries on one page, either always or unless the request has `n`.
struct whole_list {
  std::string_view operation;
  bool unless_n;
};

/// A larger `n` is refused.
struct longest_page {
  std::string_view operation;
  std::uint64_t most;
  complaint error;
};

/// A POST that carries the whole blob opens an upload instead.
struct no_single_post {};

/// A GET of a manifest is answered without Docker-Content-Digest.
struct no_digest_header {};

/// Success of this operation has another status.
struct other_status {
  std::string_view operation;
  unsigned status;
};

/// Which requests a quota counts.
enum class counted : std::uint8_t { manifest_gets, manifest_puts, writes, all };

/// At most so many requests in a time that begins with the first of them.
struct quota {
  counted requests;
  std::uint32_t limit;
  std::chrono::seconds window;
  /// For each client's address alone, instead of for all together.
  bool per_client;
  /// Responses show the limit and what remains in ratelimit-limit and ratelimit-remaining.
  bool shown;
  complaint error;
};

using rule =
  std::variant<preset, refused, name_depth, existing_prefix, tags_hold_manifests, whole_list,
               longest_page, no_single_post, no_digest_header, other_status, quota>;

/// A rule, and where it is documented.
struct deviation {
  rule does;
  /// One line for the documentation.
  std::string_view text;
  /// The address of a page or file, or `measured`.
  std::string_view source;
};

struct profile {
  std::string_view name;
  std::string_view help;
  std::span<const deviation> deviations;
};

/// The names of all profiles, sorted.
inline constexpr std::array<std::string_view, 10> names{
  "distribution2", "distribution3", "dockerhub", "ecr",    "gar",
  "ghcr",          "harbor",        "lenient",   "strict", "zot"};

/// All profiles, in the order of `names`.
std::span<const profile> all() noexcept;
/// Null if there is no such profile.
const profile* find(std::string_view name) noexcept;

/// The first `count` components of a repository's name; empty if there are not more than these.
/// With 0, the whole name.
std::string_view leading(std::string_view name, std::size_t count) noexcept;

} // namespace gantry::profiles
