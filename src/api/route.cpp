// Matches paths from the right.
#include "api/route.hpp"

#include <array>
#include <utility>

namespace gantry::api {

namespace {

struct split {
  std::string_view front;
  std::string_view last;
};

std::optional<split> split_last(std::string_view path) noexcept {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos)
    return std::nullopt;
  return split{path.substr(0, slash), path.substr(slash + 1)};
}

/// `path` is what follows `/v2/`.
std::optional<matched_route> match_repository(std::string_view path) noexcept {
  const auto outer = split_last(path);
  const auto inner = outer ? split_last(outer->front) : std::nullopt;
  if (!inner)
    return std::nullopt;
  const auto [name, word] = *inner;
  const auto last = outer->last;
  if (word == "tags" && last == "list")
    return matched_route{route::tags, name};
  if (word == "manifests")
    return matched_route{route::manifest, name, last};
  if (word == "referrers")
    return matched_route{route::referrers, name, last};
  if (word == "blobs")
    return last == "uploads" ? matched_route{route::uploads, name}
                             : matched_route{route::blob, name, last};
  if (word == "uploads") {
    const auto innermost = split_last(name);
    if (innermost && innermost->last == "blobs")
      return last.empty() ? matched_route{route::uploads, innermost->front}
                          : matched_route{route::upload, innermost->front, last};
  }
  return std::nullopt;
}

} // namespace

std::optional<matched_route> match_route(std::string_view path) noexcept {
  static constexpr auto fixed = std::to_array<std::pair<std::string_view, route>>({
    {"/", route::root},
    {"/health", route::health},
    {"/readyz", route::ready},
    {"/__parlel/reset", route::reset},
    {"/__parlel/repositories", route::emulator_repositories},
    {"/__gantry/gc", route::garbage_collection},
    {"/v2", route::base},
    {"/v2/", route::base},
    {"/v2/_catalog", route::catalog},
  });
  for (const auto& [text, where] : fixed) {
    if (path == text)
      return matched_route{where};
  }
  constexpr std::string_view base = "/v2/";
  return path.starts_with(base) ? match_repository(path.substr(base.size())) : std::nullopt;
}

} // namespace gantry::api
