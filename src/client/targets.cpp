#include "client/targets.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry::client {

registry_targets::registry_targets(std::string_view prefix)
  : root_{std::string{prefix}.append("/v2/")} {}

std::string registry_targets::catalog() const {
  return root_ + "_catalog";
}

std::string registry_targets::manifest(std::string_view repository,
                                       std::string_view reference) const {
  return in_repository(repository, "/manifests/", reference);
}

std::string registry_targets::blob(std::string_view repository, std::string_view digest) const {
  return in_repository(repository, "/blobs/", digest);
}

std::string registry_targets::uploads(std::string_view repository) const {
  return in_repository(repository, "/blobs/uploads/", {});
}

std::string registry_targets::mount(std::string_view repository, std::string_view digest,
                                    std::string_view from) const {
  return with_digest(uploads(repository), digest, "mount").append("&from=").append(from);
}

std::string registry_targets::tags(std::string_view repository) const {
  return in_repository(repository, "/tags/list", {});
}

std::string registry_targets::in_repository(std::string_view repository, std::string_view kind,
                                            std::string_view name) const {
  std::string target;
  target.reserve(root_.size() + repository.size() + kind.size() + name.size());
  return target.append(root_).append(repository).append(kind).append(name);
}

std::string_view registry_targets::repository_in(std::string_view target) const {
  if (!target.starts_with(root_))
    return {};
  auto path = target.substr(root_.size());
  path = path.substr(0, path.find('?'));
  std::size_t end = 0;
  for (const std::string_view kind : {"/blobs/", "/manifests/", "/tags/", "/referrers/"})
    if (const auto at = path.rfind(kind); at != std::string_view::npos)
      end = std::max(end, at);
  return path.substr(0, end);
}

std::string with_digest(std::string_view target, std::string_view digest, std::string_view key) {
  std::string whole;
  whole.reserve(target.size() + digest.size() + key.size() + 6);
  whole.append(target).append(target.find('?') == std::string_view::npos ? "?" : "&");
  whole.append(key).append("=");
  for (const char c : digest)
    c == ':' ? whole.append("%3A") : whole.append(1, c);
  return whole;
}

std::optional<std::string> resolve_location(std::string_view location,
                                            std::string_view request_target) {
  location = location.substr(0, location.find('#'));
  if (location.empty() || !std::ranges::all_of(location, is_visible))
    return std::nullopt;
  for (const std::string_view scheme : {"http:", "https:"})
    if (location.starts_with(scheme)) {
      location.remove_prefix(scheme.size());
      if (!location.starts_with("//"))
        return std::nullopt;
    }
  if (location.starts_with("//")) {
    location.remove_prefix(2);
    const auto path = location.find_first_of("/?");
    if (path == 0)
      return std::nullopt;
    const auto target = path == std::string_view::npos ? std::string_view{} : location.substr(path);
    return target.starts_with('/') ? std::string{target} : '/' + std::string{target};
  }
  if (location.starts_with('/'))
    return std::string{location};
  const auto path = request_target.substr(0, request_target.find('?'));
  if (location.starts_with('?'))
    return std::string{path}.append(location);
  return std::string{path.substr(0, path.rfind('/') + 1)}.append(location);
}

std::optional<std::string> next_page(std::string_view link, std::string_view request_target) {
  const auto end = link.find('>');
  if (!link.starts_with('<') || end == std::string_view::npos)
    return std::nullopt;
  const auto parameters = link.substr(end + 1);
  if (parameters.find("rel=\"next\"") == std::string_view::npos &&
      parameters.find("rel=next") == std::string_view::npos)
    return std::nullopt;
  return resolve_location(link.substr(1, end - 1), request_target);
}

} // namespace gantry::client
