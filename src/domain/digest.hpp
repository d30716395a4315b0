// A content digest and its incremental hasher (image-spec, descriptor.md, "Digests").
#pragma once

#include "domain/error.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gantry {

/// `verbatim` is not an algorithm: it marks a digest that was kept as the client wrote it (lenient
/// profile).
enum class digest_algorithm : std::uint8_t { sha256, sha512, verbatim };

/// "sha256", "sha512" or "verbatim".
std::string_view to_string(digest_algorithm algorithm) noexcept;

/// Errors: digest_invalid (the algorithm is not registered or not supported).
result<digest_algorithm> parse_algorithm(std::string_view text);

/// `algorithm:hex`, always well formed unless it is `verbatim`. A small value type that allocates
/// only when printed.
class digest {
public:
  /// The most characters of a verbatim digest.
  static constexpr std::size_t max_verbatim = 72;

  /// Accepts lower-case hex of exactly the algorithm's length. Errors: digest_invalid.
  static result<digest> parse(std::string_view text);

  /// Like `parse`, but keeps other texts verbatim: 1 to `max_verbatim` characters without `/`,
  /// control characters or spaces. Only for the lenient profile. Errors: digest_invalid.
  static result<digest> parse_lenient(std::string_view text);

  /// The digest of `bytes`. Precondition: `algorithm` is not verbatim.
  static digest of(std::span<const std::byte> bytes,
                   digest_algorithm algorithm = digest_algorithm::sha256);
  static digest of(std::string_view bytes, digest_algorithm algorithm = digest_algorithm::sha256);

  /// The inverse of `to_binary`. Errors: digest_invalid.
  static result<digest> from_binary(std::string_view binary);

  digest_algorithm algorithm() const noexcept { return algorithm_; }
  /// 32 or 64 raw bytes, or the characters of a verbatim digest.
  std::span<const std::uint8_t> bytes() const noexcept;
  /// Lower-case hex, 64 or 128 characters. Precondition: not verbatim.
  std::string hex() const;
  /// `algorithm:hex`, or the verbatim text.
  std::string to_string() const;
  /// Appends `to_string()`.
  void append_to(std::string& text) const;
  /// One byte for the algorithm, then `bytes()`. As a key, it sorts like the digest.
  std::string to_binary() const;

  friend bool operator==(const digest&, const digest&) noexcept = default;
  friend auto operator<=>(const digest&, const digest&) noexcept = default;

private:
  friend class hasher;
  digest() = default;

  digest_algorithm algorithm_ = digest_algorithm::sha256;
  std::array<std::uint8_t, max_verbatim> bytes_{};
};

/// An incremental hasher. Movable, not copyable, not thread-safe.
class hasher {
public:
  explicit hasher(digest_algorithm algorithm);
  hasher(hasher&&) noexcept;
  hasher& operator=(hasher&&) noexcept;
  ~hasher();

  /// Continues from a saved state. Errors: internal (the text is damaged, or another version of
  /// OpenSSL wrote it: hash the bytes again).
  static result<hasher> restore(std::string_view saved);

  void update(std::span<const std::byte> bytes);
  /// The digest of all bytes so far; more may follow.
  digest peek() const;
  digest_algorithm algorithm() const noexcept { return algorithm_; }
  /// The current state, for `restore` on a machine of the same kind.
  std::string save() const;

private:
  struct state;
  struct state_deleter {
    void operator()(state* doomed) const noexcept;
  };
  digest_algorithm algorithm_;
  std::unique_ptr<state, state_deleter> state_;
};

} // namespace gantry

/// Keyed because clients choose digests.
template <>
struct std::hash<gantry::digest> {
  /// Not noexcept: libstdc++'s tables then keep the hash in each node, instead of computing those
  /// of neighbours again in each look-up.
  std::size_t operator()(const gantry::digest& value) const;
};
