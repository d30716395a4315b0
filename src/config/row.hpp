// One setting: what it is called, what it may be, and how its text becomes a value.
#pragma once

#include "config/settings.hpp"
#include "config/values.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gantry::config {

/// What help and documentation list together, in this order.
enum class group : std::uint8_t { serving, storage, content, upkeep, browsers, lists, connections };

inline constexpr std::array groups{group::serving,    group::storage,  group::content,
                                   group::upkeep,     group::browsers, group::lists,
                                   group::connections};

std::string_view title_of(group section) noexcept;

/// What a text must be that only a layer above can judge: see `draft`.
enum class form : std::uint8_t { plain, address, host, origin };

/// How a setting is read and shown.
struct value {
  /// What stands for the value in help: `SIZE`. Empty for switches and choices.
  std::string_view type = {};
  /// Puts `text` into the settings; adds it if this is a list. Throws std::invalid_argument with a
  /// text that names the mistake, what is allowed and an example.
  void (*read)(settings& into, std::string_view text, const value& self) = nullptr;
  /// What `read` takes to give the same value again; the items of a list with `separator` between.
  std::string (*show)(const settings& from, const value& self) = nullptr;
  /// Empties a list; null for other kinds.
  void (*clear)(settings& into) = nullptr;
  /// The smallest and the largest number, in bytes of a size and milliseconds of a duration.
  bounds allowed = {};
  /// The words that a choice is between.
  std::span<const std::string_view> choices = {};
  /// What the flag of a switch stands for: `true`, or `false` if it turns something off.
  std::string_view flag_says = {};
  /// Between the items of a list where all of them stand in one text, as in the environment.
  char separator = 0;
  form judged_as = form::plain;
  /// Whether an empty text says something: that a list has no items.
  bool may_be_empty = false;

  constexpr bool is_switch() const noexcept { return !flag_says.empty(); }
  constexpr bool is_list() const noexcept { return clear != nullptr; }
};

/// One row of the table. All texts live as long as the program.
struct row {
  /// Its path in a file: the one that distribution has for it, or one below `gantry`.
  std::string_view key;
  /// On the command line: `--addr`.
  std::string_view flag;
  value holds;
  group section;
  /// What it means, without the default.
  std::string_view help;
  /// What the default is in words, if the value itself does not say it: "one per core".
  std::string_view fallback = {};
  /// Whether it may be replaced while the server runs: only requests read it.
  bool reloadable = false;
  /// Whether it says something about a folder, and nothing in memory.
  bool needs_folder = false;
};

/// What the names of all variables begin with.
inline constexpr std::string_view variable_prefix = "REGISTRY_";

/// The environment variable of a setting: `REGISTRY_` and its key in upper case, with an underscore
/// for each dot, as distribution forms it. `http.addr` is `REGISTRY_HTTP_ADDR`.
std::string variable_of(const row& setting);
bool is_variable_of(const row& setting, std::string_view variable) noexcept;

/// What stands behind the flag: `SIZE`, `{json,off,text}`; empty for a switch.
std::string type_of(const row& setting);

/// What a person has to write where the value is absent: "a size, such as 512MiB".
std::string needed_for(const row& setting);

/// What the setting is if it is not given, as the command line says it: `on` or `off` for a switch,
/// in words if the value itself does not say it.
std::string default_of(const row& setting);

} // namespace gantry::config
