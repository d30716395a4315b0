// Parses a manifest in steps, so that it does not occupy a thread for long.
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

/// Call `advance` as often as useful, then `finish` or `accept` once. Movable, not thread-safe.
///
/// Memory besides the bytes: at most 4 times their size, for the member names while they are
/// compared and for the fields that `manifest_reader` keeps.
class manifest_parser {
public:
  /// Parameters as in `manifest::parse`.
  manifest_parser(std::string bytes, std::optional<media_type> content_type,
                  digest_algorithm algorithm);

  /// Parses at most `most` further bytes. Faults are reported at the end.
  void advance(std::size_t most);
  /// The number of unparsed bytes.
  std::size_t left() const noexcept { return bytes_.size() - seen_; }

  /// The digest of all bytes.
  digest id();
  /// Errors: those of `manifest::parse`.
  result<manifest> finish(docker_config config = docker_config::required);
  /// Like `manifest::accept`.
  manifest accept(const std::optional<digest>& trusted = {});

private:
  std::string bytes_;
  std::size_t seen_ = 0;
  std::optional<media_type> content_type_;
  hasher hasher_;
  manifest_reader reader_;
};

/// The contents that `manifest::accept` reads from bytes of this type.
manifest_contents read_contents(std::string_view bytes, const media_type& type);

} // namespace gantry
