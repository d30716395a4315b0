// One setting: its name, its allowed values, and how its text becomes a value.
#pragma once

#include "config/settings.hpp"
#include "config/values.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gantry::config {

/// Sections of the help and the documentation, in this order.
enum class group : std::uint8_t {
  serving,
  storage,
  users,
  monitoring,
  content,
  upkeep,
  browsers,
  lists,
  connections,
  testing,
};

inline constexpr std::array groups{
  group::serving, group::storage,  group::users, group::monitoring,  group::content,
  group::upkeep,  group::browsers, group::lists, group::connections, group::testing};

std::string_view title_of(group section) noexcept;

/// Forms of text that only a layer above can validate: see `draft`.
enum class form : std::uint8_t { plain, address, host, network, origin, rate, site, target };

/// How a setting is read and shown.
struct value {
  /// The placeholder in help: `SIZE`. Empty for switches and choices.
  std::string_view type = {};
  /// Sets the member to `text`; appends if this is a list. Throws std::invalid_argument with a text
  /// that names the mistake, what is allowed, and an example.
  void (*read)(settings& into, std::string_view text, const value& self) = nullptr;
  /// The inverse of `read`; joins the items of a list with `separator`.
  std::string (*show)(const settings& from, const value& self) = nullptr;
  /// Empties a list; null for other kinds.
  void (*clear)(settings& into) = nullptr;
  /// The smallest and the largest number: bytes for a size, milliseconds for a duration.
  bounds allowed = {};
  /// The words of a choice.
  std::span<const std::string_view> choices = {};
  /// The value that a switch's flag sets: `true`, or `false` if it turns something off.
  std::string_view flag_says = {};
  /// Separates the items of a list in a single text, as in the environment.
  char separator = 0;
  form judged_as = form::plain;
  /// Whether an empty text is valid and means an empty list.
  bool may_be_empty = false;
  /// Whether a file writes the list as a map of names to values; an item is `NAME: VALUE`.
  bool is_map = false;

  constexpr bool is_switch() const noexcept { return !flag_says.empty(); }
  constexpr bool is_list() const noexcept { return clear != nullptr; }
};

/// One row of the table. All texts have static lifetime.
struct row {
  /// Its path in a configuration file: distribution's if it has one, otherwise below `gantry`.
  std::string_view key;
  /// The command line flag: `--addr`.
  std::string_view flag;
  value holds;
  group section;
  /// What it does, without the default.
  std::string_view help;
  /// The default in words, if the value itself does not show it: "one per core".
  std::string_view fallback = {};
  /// Whether it may be replaced while the server runs, because only requests read it.
  bool reloadable = false;
  /// Whether it applies only to a data folder, not to memory.
  bool needs_folder = false;
};

/// The prefix of all variables.
inline constexpr std::string_view variable_prefix = "REGISTRY_";

/// The environment variable of a setting, formed like distribution's: `REGISTRY_` and the key in
/// upper case, with underscores for dots. `http.addr` is `REGISTRY_HTTP_ADDR`.
std::string variable_of(const row& setting);
bool is_variable_of(const row& setting, std::string_view variable) noexcept;
/// Whether a variable is that of `key`, or of a key in the section `key`.
bool begins_with_key(std::string_view variable, std::string_view key) noexcept;

/// The placeholder after the flag: `SIZE`, `{json,off,text}`; empty for a switch.
std::string type_of(const row& setting);

/// Describes a missing value: "a size, such as 512MiB".
std::string needed_for(const row& setting);

/// The default as the command line writes it: `on` or `off` for a switch, or in words if the value
/// itself does not show it.
std::string default_of(const row& setting);

} // namespace gantry::config
