// What happened to the tags and manifests of a repository.
#pragma once

#include "domain/digest.hpp"
#include "domain/reference.hpp"
#include "domain/time_point.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gantry {

/// Who asked for a change. What is not known is empty.
struct changer {
  std::string user;
  /// The id of the token that the user had.
  std::string token;
  /// The address that the request came from, without a port.
  std::string address;

  bool operator==(const changer&) const = default;
};

/// Null if it is not known who asked.
using changer_ptr = std::shared_ptr<const changer>;

/// Engines store the numbers: never change one.
enum class change_kind : std::uint8_t {
  /// A tag that did not exist points to a manifest, or a manifest was stored without a tag.
  push = 0,
  /// A tag points to another manifest.
  move = 1,
  /// A tag, or a manifest, was deleted.
  remove = 2,
  /// A deletion was undone.
  undelete = 3,
  /// A tag or manifest was copied from another repository.
  copy = 4,
  /// The registry removed it by a rule.
  expire = 5,
};

/// As in responses; `remove` is `delete`.
std::string_view to_string(change_kind kind) noexcept;

struct history_entry {
  /// Later changes of an engine have larger numbers; those of a repository have gaps.
  std::uint64_t sequence = 0;
  /// The number of the first entry of the same change: of what one request did, or one run of a
  /// rule in this repository.
  std::uint64_t change = 0;
  /// In microseconds. Later entries of a tag have later times.
  time_point at{};
  change_kind kind = change_kind::push;
  /// Empty: the manifest itself.
  std::optional<tag> name = std::nullopt;
  /// What it pointed to, and points to. One of the two is there.
  std::optional<digest> before = std::nullopt;
  std::optional<digest> after = std::nullopt;
  /// Of the manifest that `target` names.
  std::uint64_t size = 0;
  std::string media_type = {};
  changer_ptr by = nullptr;

  /// The manifest that the tag got, or has lost.
  const digest& target() const { return after ? *after : *before; }
};

/// A page of entries, the newest first.
struct history_query {
  /// Only those of this tag. Empty: of all tags, and of the manifests themselves.
  std::optional<tag> name = std::nullopt;
  /// Only those whose `target` is this.
  std::optional<digest> target = std::nullopt;
  /// Only those before, and after, these moments. The next page of a tag is before the last entry
  /// of this one.
  std::optional<time_point> before = std::nullopt;
  std::optional<time_point> since = std::nullopt;
  /// Only those with smaller numbers.
  std::optional<std::uint64_t> below = std::nullopt;
  std::size_t limit = 100;
};

/// Which entries a collection keeps.
struct history_rules {
  /// Younger entries stay.
  std::chrono::milliseconds keep = std::chrono::hours{24 * 90};
  /// The last entries of each tag stay, however old they are.
  std::size_t per_tag = 100;
};

} // namespace gantry
