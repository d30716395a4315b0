// The name of an image: `repository:tag`.
#pragma once

#include "domain/reference.hpp"
#include "domain/repository_name.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace gantry::transfer {

struct image_name {
  repository_name repository;
  tag label;

  /// Parses `NAME[:TAG]`; the tag defaults to `latest`. Errors: name_invalid, tag_invalid.
  static result<image_name> parse(std::string_view text);

  /// Like `parse`, for a name that may begin with a registry host, which is dropped:
  /// `docker.io/library/busybox:1`, `localhost:5000/app`. As in docker, the first component is a
  /// host if it contains a dot or a colon, or is `localhost`. Errors: name_invalid, tag_invalid.
  static result<image_name> parse_with_host(std::string_view text);

  std::string to_string() const { return repository.to_string() + ':' + label.to_string(); }

  friend bool operator==(const image_name&, const image_name&) = default;
  friend auto operator<=>(const image_name&, const image_name&) = default;
};

} // namespace gantry::transfer
