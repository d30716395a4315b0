// The public keys that are trusted to sign tokens.
#pragma once

#include "jose/certificate_roots.hpp"
#include "jose/public_key.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::jose {

struct trusted_key {
  public_key key;
  /// What its document calls it (`kid`).
  std::optional<std::string> id = {};
  /// The only algorithm that it may be used with, if its document says so (`alg`).
  std::optional<algorithm> only = {};

  /// Whether `name` is its id, its thumbprint or its fingerprint.
  bool is_called(std::string_view name) const noexcept;
  bool fits(algorithm how) const noexcept;

  friend bool operator==(const trusted_key& one, const trusted_key& other) noexcept {
    return one.key.thumbprint() == other.key.thumbprint() && one.id == other.id &&
           one.only == other.only;
  }
};

/// The most keys of a document, counting those that are skipped.
inline constexpr std::size_t max_keys = 100;

/// Keys, and certificates that vouch for more. An ordinary value; several threads may read it.
class key_set {
public:
  /// Does nothing if the same key is there already.
  void add(trusted_key key);
  /// What was trusted stays trusted.
  void add(const key_set& other);
  void add(const std::vector<certificate>& roots);

  std::span<const trusted_key> keys() const noexcept { return keys_; }
  const certificate_roots& roots() const noexcept { return roots_; }
  /// Whether no token can be verified.
  bool empty() const noexcept { return keys_.empty() && roots_.empty(); }
  /// All with this name, because keys may share one while they are exchanged.
  std::vector<const trusted_key*> find(std::string_view name) const;

private:
  std::vector<trusted_key> keys_;
  certificate_roots roots_;
};

/// What a document holds: the keys that can be used, and one line per other key that says why not.
struct read_keys {
  key_set keys = {};
  std::vector<std::string> complaints = {};
};

} // namespace gantry::jose
