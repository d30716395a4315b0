#include "config/draft.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"
#include "config/table.hpp"
#include "config/unsupported.hpp"
#include "profiles/profile.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

namespace gantry::config {

namespace {

constexpr std::string_view control_key = "gantry.control";
constexpr std::string_view folder_key = "storage.filesystem.rootdirectory";
constexpr std::string_view journal_key = "gantry.journal.entries";
constexpr std::string_view memory_key = "gantry.memory.limit";
constexpr std::string_view origins_key = "gantry.cors.origins";
constexpr std::string_view page_default_key = "gantry.pages.default";
constexpr std::string_view page_max_key = "catalog.maxentries";
constexpr std::string_view references_key = "gantry.validation.references";
constexpr std::string_view reset_key = "gantry.reset.allowed";

/// Names one of distribution's ways to log in; the settings of that way say the same.
constexpr std::string_view scheme_variable = "REGISTRY_AUTH";

const row& row_of(std::string_view key) {
  const auto* found = find_key(key);
  assert(found);
  return *found;
}

std::size_t index_of(const row& setting) {
  return static_cast<std::size_t>(&setting - table().data());
}

std::string_view take_item(std::string_view& list, char separator) {
  const auto item = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(item.size() + 1, list.size()));
  return trim(item);
}

validation_policy::references usual_references(const settings& chosen) {
  if (chosen.lenient)
    return validation_policy::lenient().reference;
  return chosen.folder.empty() ? validation_policy::ephemeral().reference
                               : validation_policy::durable().reference;
}

} // namespace

draft::draft(judge ask) : ask_{ask}, sources_(table().size(), source::fallback) {}

void draft::set(const row& setting, std::string_view text, source from) {
  const auto& holds = setting.holds;
  auto& known = source_of(setting);
  if (known > from)
    return;
  if (holds.is_list() && known != from)
    holds.clear(made_);
  known = from;
  if (text.empty() && holds.may_be_empty)
    return;
  if (ask_ && holds.judged_as != form::plain)
    ask_(holds.judged_as, text);
  holds.read(made_, text, holds);
}

void draft::read_environment(const char* const* variables) {
  for (; *variables; ++variables) {
    const std::string_view entry{*variables};
    if (!entry.starts_with(variable_prefix))
      continue;
    const auto name = entry.substr(0, entry.find('='));
    if (name == scheme_variable)
      continue;
    const auto* setting = find_variable(name);
    if (setting)
      read_variable(*setting, entry.substr(std::min(name.size() + 1, entry.size())));
    else
      explain_variable(name);
  }
}

void draft::read_variable(const row& setting, std::string_view text) {
  const auto& holds = setting.holds;
  if (source_of(setting) > source::environment)
    return;
  if (text.empty() && !holds.may_be_empty)
    throw std::invalid_argument{variable_of(setting) + " is empty: unset it, or set it to " +
                                needed_for(setting)};
  try {
    if (!holds.is_list() || text.empty())
      return set(setting, text, source::environment);
    while (!text.empty())
      if (const auto item = take_item(text, holds.separator); !item.empty())
        set(setting, item, source::environment);
  } catch (const std::invalid_argument& wrong) {
    throw std::invalid_argument{variable_of(setting) + ": " + wrong.what()};
  }
}

/// Other programs use variables that begin with REGISTRY_ too, so only distribution's settings and
/// near misses are reported. They are no errors: a start that worked with distribution has to work.
void draft::explain_variable(std::string_view name) {
  if (const auto instead = instead_of(name); !instead.empty()) {
    warnings_.push_back(std::string{name} +
                        " is not supported and has no effect: " + std::string{instead});
    return;
  }
  std::vector<std::string> names;
  for (const auto& each : table())
    names.push_back(variable_of(each).substr(variable_prefix.size()));
  const std::vector<std::string_view> candidates{names.begin(), names.end()};
  const auto meant = nearest(name.substr(variable_prefix.size()), candidates);
  if (!meant.empty())
    warnings_.push_back(std::string{name} + " has no effect; did you mean " +
                        std::string{variable_prefix} + std::string{meant} + "?");
}

outcome draft::finish() {
  imitate();
  refuse_both(folder_key, memory_key);
  fit_pages();
  if (!is_given(references_key))
    made_.references = usual_references(made_);
  if (made_.folder.empty())
    warn_of_idle();
  else
    be_durable();
  return {std::make_shared<const settings>(std::move(made_)), std::move(warnings_)};
}

/// Applies the defaults of the profile.
void draft::imitate() {
  const auto* chosen = profiles::find(made_.profile);
  if (!chosen)
    return;
  for (const auto& each : chosen->deviations)
    if (const auto* preset = std::get_if<profiles::preset>(&each.does))
      set(row_of(preset->key), preset->text, source::profile);
}

void draft::refuse_both(std::string_view left, std::string_view right) const {
  if (is_given(left) && is_given(right))
    throw std::invalid_argument{name_of(left) + " excludes " + name_of(right) + ": omit one"};
}

void draft::fit_pages() {
  if (!is_given(page_default_key))
    made_.page_default = std::min(made_.page_default, made_.page_max);
  if (made_.page_default <= made_.page_max)
    return;
  const auto most = std::to_string(made_.page_max);
  throw std::invalid_argument{name_of(page_default_key) + ": '" +
                              std::to_string(made_.page_default) + "' is more than " +
                              name_of(page_max_key) + ": at most " + most + ", such as " + most};
}

/// Applies the defaults of a durable registry.
void draft::be_durable() {
  if (!is_given(reset_key))
    made_.allow_reset = false;
  if (!is_given(origins_key))
    made_.cors_origins.clear();
  if (!is_given(control_key))
    made_.steered_by = control::off;
  if (!is_given(journal_key))
    made_.journal_entries = 0;
}

void draft::warn_of_idle() {
  for (const auto& each : table())
    if (each.needs_folder && is_given(each.key))
      warnings_.push_back(name_of(each.key) + " has no effect without " +
                          std::string{row_of(folder_key).flag} + " DIR");
}

source& draft::source_of(const row& setting) {
  return sources_[index_of(setting)];
}

bool draft::is_given(std::string_view key) const {
  return sources_[index_of(row_of(key))] != source::fallback;
}

std::string draft::name_of(std::string_view key) const {
  const auto& setting = row_of(key);
  const bool is_variable = sources_[index_of(setting)] == source::environment;
  return is_variable ? variable_of(setting) : std::string{setting.flag};
}

} // namespace gantry::config
