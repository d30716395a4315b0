// The quotas, `gantry.quotas`: a list of structures, beside the table.
#pragma once

#include "config/origin.hpp"
#include "domain/quota.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace gantry::config {

inline constexpr std::string_view quotas_key = "gantry.quotas";

/// A larger list is a mistake.
inline constexpr std::size_t max_quotas = 1000;

/// One key of a quota. All texts have static lifetime.
struct quota_field {
  std::string_view key;
  /// What may be written: "a size, such as 50GB".
  std::string_view needed;
  /// The default, in words.
  std::string_view fallback;
  std::string_view help;
  /// Throws std::invalid_argument, like the readers of the table.
  void (*read)(quota& into, std::string_view text) = nullptr;
};

/// All keys, sorted.
std::span<const quota_field> quota_fields() noexcept;
/// Null if the key is unknown.
const quota_field* find_quota_field(std::string_view key) noexcept;

/// Collects the quotas from all sources. Not thread-safe.
class quota_list {
public:
  /// Sets a field of the quota `index`, which may be new; a later source wins. Throws
  /// std::invalid_argument, without the name of the field.
  void set(std::size_t index, const quota_field& field, std::string_view text, const origin& where);

  /// Throws std::invalid_argument if a quota has no name or no limit, or two have the same name.
  std::vector<quota> finish() const;

  const std::vector<given_item>& given() const noexcept { return given_; }

private:
  std::vector<given_item> given_;
};

} // namespace gantry::config
