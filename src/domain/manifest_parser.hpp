// Makes a manifest of bytes in steps, for threads that must not be kept long.
#pragma once

#include "domain/digest.hpp"
#include "domain/manifest.hpp"
#include "domain/manifest_reader.hpp"
#include "domain/media_type.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gantry {

/// Call `advance` as often as it pays, then `finish` or `accept`, once. One owner at a time;
/// movable.
///
/// Memory beside the bytes: at most 4 times as much, for the names of members while they are
/// compared, and for what `manifest_reader` keeps.
class manifest_parser {
public:
  /// As in `manifest::parse`.
  manifest_parser(std::string bytes, std::optional<media_type> content_type,
                  digest_algorithm algorithm);

  /// Looks at the next bytes, at most `most`. What is wrong with them shows at the end.
  void advance(std::size_t most);
  /// Bytes that were not looked at.
  std::size_t left() const noexcept { return bytes_.size() - seen_; }

  /// The digest of all bytes.
  digest id();
  /// Errors: those of `manifest::parse`.
  result<manifest> finish(docker_config config = docker_config::required);
  /// As `manifest::accept`.
  manifest accept(const std::optional<digest>& trusted = {});

private:
  std::string bytes_;
  std::size_t seen_ = 0;
  std::optional<media_type> content_type_;
  hasher hasher_;
  manifest_reader reader_;
};

/// What `manifest::accept` would read of bytes of this type.
manifest_contents read_contents(std::string_view bytes, const media_type& type);

} // namespace gantry
