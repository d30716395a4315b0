// The endpoints of webhooks, `notifications.endpoints`: a list of structures, beside the table.
#pragma once

#include "config/origin.hpp"
#include "config/row.hpp"
#include "config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::config {

inline constexpr std::string_view endpoints_key = "notifications.endpoints";

/// A larger list is a mistake.
inline constexpr std::size_t max_endpoints = 100;

enum class field_kind : std::uint8_t {
  text,
  list,
  /// A map of names to lists of values; an item is `NAME: VALUE`.
  map,
};

/// One key of an endpoint. All texts have static lifetime.
struct endpoint_field {
  /// Below the endpoint: `ignore.actions`.
  std::string_view key;
  field_kind kind = field_kind::text;
  /// What may be written: "a duration, such as 500ms".
  std::string_view needed;
  /// The default, in words.
  std::string_view fallback;
  std::string_view help;
  /// Sets the member, or appends to it if it is not a text. Throws std::invalid_argument, like the
  /// readers of the table.
  void (*read)(webhook& into, std::string_view text) = nullptr;
};

/// All keys, sorted.
std::span<const endpoint_field> endpoint_fields() noexcept;
/// Null if the key is unknown.
const endpoint_field* find_endpoint_field(std::string_view key) noexcept;

/// The part of a text of this field that may be shown: without the values of headers, and without
/// the password of a URL.
std::string without_secret(const endpoint_field& field, std::string_view text);

/// Collects the endpoints from all sources. Not thread-safe.
class endpoint_list {
public:
  using judge = void (*)(form judged_as, std::string_view text);

  explicit endpoint_list(judge ask) : ask_{ask} {}

  /// Sets the endpoint `index`, which may be new; a later source wins. Appends if the field is not
  /// a text and the same source began it. Throws std::invalid_argument, without the name of the
  /// field.
  void set(std::size_t index, const endpoint_field& field, std::string_view text,
           const origin& where);

  /// Throws std::invalid_argument if an endpoint has no name or no URL, or two have the same name.
  std::vector<webhook> finish() const;

  const std::vector<given_item>& given() const noexcept { return given_; }

private:
  judge ask_;
  std::vector<given_item> given_;
};

} // namespace gantry::config
