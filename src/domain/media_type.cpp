// The grammar of media types, and groups of known ones.
#include "domain/media_type.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace gantry {

namespace {

constexpr std::size_t max_length = 255;

/// A lower-case `restricted-name` (RFC 6838, 4.2).
bool is_restricted_name(std::string_view text) noexcept {
  constexpr std::string_view others = "!#$&-^_.+";
  return !text.empty() && is_lower_or_digit(text.front()) && std::ranges::all_of(text, [&](char c) {
    return is_lower_or_digit(c) || others.find(c) != std::string_view::npos;
  });
}

} // namespace

result<media_type> media_type::parse(std::string_view text) {
  auto essence = in_lower_case(trim(text.substr(0, text.find(';'))));
  const std::string_view view = essence;
  const auto slash = view.find('/');
  if (slash == std::string_view::npos || view.size() > max_length ||
      !is_restricted_name(view.substr(0, slash)) || !is_restricted_name(view.substr(slash + 1)))
    return fail(errc::media_type_unsupported, text);
  return media_type{std::move(essence)};
}

bool is_image_manifest(const media_type& type) noexcept {
  return type == media_types::oci_manifest || type == media_types::docker_manifest;
}

bool is_index(const media_type& type) noexcept {
  return type == media_types::oci_index || type == media_types::docker_list;
}

bool is_nondistributable_layer(std::string_view type) noexcept {
  return type.starts_with("application/vnd.oci.image.layer.nondistributable.v1.tar") ||
         type.starts_with("application/vnd.docker.image.rootfs.foreign.diff.tar");
}

} // namespace gantry
