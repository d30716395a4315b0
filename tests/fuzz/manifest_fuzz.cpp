// Manifests: the first byte chooses a Content-Type, the second the size of the pieces.
#include "domain/manifest.hpp"
#include "domain/manifest_parser.hpp"
#include "domain/strict_json.hpp"
#include "fuzz/fuzz.hpp"

#include <array>
#include <set>

using namespace gantry;
using fuzz::require;

namespace {

std::optional<media_type> choose_type(std::uint8_t choice) {
  constexpr std::array<std::string_view, 8> types{"",
                                                  media_types::oci_manifest,
                                                  media_types::oci_index,
                                                  media_types::docker_manifest,
                                                  media_types::docker_list,
                                                  media_types::oci_artifact,
                                                  "application/vnd.example.thing.v1+json",
                                                  "text/plain"};
  const auto text = types[choice % types.size()];
  if (text.empty())
    return std::nullopt;
  return media_type::parse(text).value();
}

void check_same(const manifest& left, const manifest& right) {
  require(left.bytes() == right.bytes());
  require(left.type() == right.type());
  require(left.kind() == right.kind());
  require(left.config() == right.config());
  require(left.layers() == right.layers());
  require(left.children() == right.children());
  require(left.referrer_entry() == right.referrer_entry());
}

/// Boost.JSON's syntax errors depend on the pieces, for example on whether an escape is split.
void check_same(const error& left, const error& right) {
  constexpr std::string_view syntax = "not valid JSON: ";
  require(left.code == right.code);
  require(left.detail == right.detail ||
          (left.detail.starts_with(syntax) && right.detail.starts_with(syntax)));
}

void check(const manifest& value) {
  std::set<digest> seen;
  for (const auto& needed : value.required_blobs())
    require(seen.insert(needed.target).second);
  require(parse_object(value.referrer_entry(), 4).has_value() ||
          value.annotations().size() > max_kept_members);
  check_same(value, manifest::stored(value.bytes(), value.id(), value.type()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  const auto type = choose_type(text.take());
  const auto step = text.take();
  const std::string bytes{text.rest()};

  const auto parsed =
    manifest::parse(bytes, type, digest_algorithm::sha256, docker_config::optional);
  manifest_parser parser{bytes, type, digest_algorithm::sha256};
  while (parser.left() > 0)
    parser.advance(std::size_t{step} % 61 + 1);
  const auto again = parser.finish(docker_config::optional);
  require(parsed.has_value() == again.has_value());
  if (parsed) {
    check(*parsed);
    check_same(*parsed, *again);
  } else {
    check_same(parsed.error(), again.error());
    require(parsed.error().detail.size() < 1000);
  }
  const auto accepted = manifest::accept(bytes, type);
  require(accepted.bytes() == bytes);
  require((accepted.kind() == manifest_kind::opaque) == parsed.has_error());
  return 0;
}
