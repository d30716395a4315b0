// An image as people write it: a repository, and what it is called there.
#pragma once

#include "domain/error.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry {

struct image_reference {
  repository_name repository;
  /// Empty: the repository alone.
  std::optional<reference> name;

  /// Parses `team/app`, `team/app:1.2` or `team/app@sha256:…`. Errors: name_invalid (the
  /// repository), tag_invalid, digest_invalid.
  static result<image_reference> parse(std::string_view text);
  /// Like `parse`, with `parse_reference_lenient`.
  static result<image_reference> parse_lenient(std::string_view text);

  std::string to_string() const;
};

} // namespace gantry
