// What people call an image: `repository:tag`.
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

  /// `NAME[:TAG]`; the tag is `latest` where there is none. Errors: name_invalid, tag_invalid.
  static result<image_name> parse(std::string_view text);

  /// The same of a name that may begin with the host of a registry, which is dropped:
  /// `docker.io/library/busybox:1`, `localhost:5000/app`. As docker has it, the first component is
  /// a host where it has a dot or a colon, or is `localhost`. Errors: name_invalid, tag_invalid.
  static result<image_name> parse_with_host(std::string_view text);

  std::string to_string() const { return repository.to_string() + ':' + label.to_string(); }

  friend bool operator==(const image_name&, const image_name&) = default;
  friend auto operator<=>(const image_name&, const image_name&) = default;
};

} // namespace gantry::transfer
