#include "embed/settings.hpp"

#include "app/forms.hpp"
#include "base/nearest.hpp"
#include "config/draft.hpp"
#include "config/table.hpp"
#include "config/texts.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace gantry {

namespace {

constexpr auto given = config::source::command_line;
/// The keys of settings that say when the program ends.
constexpr std::string_view ending_keys = "gantry.exit.";

bool is_flag(std::string_view name) {
  return name.starts_with("--");
}

const config::row* find(std::string_view name) {
  if (!is_flag(name))
    return config::find_key(name);
  const auto rows = config::table();
  const auto found = std::ranges::find(rows, name, &config::row::flag);
  return found == rows.end() ? nullptr : &*found;
}

[[noreturn]] void refuse_unknown(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& row : config::table())
    names.push_back(is_flag(name) ? row.flag : row.key);
  const auto meant = gantry::nearest(name, names);
  throw std::invalid_argument{"there is no setting '" + std::string{name} + "'" +
                              (meant.empty() ? "" : "; did you mean " + std::string{meant} + "?")};
}

const config::row& row_of(std::string_view name) {
  const auto* found = find(name);
  if (!found)
    refuse_unknown(name);
  if (found->key.starts_with(ending_keys))
    throw std::invalid_argument{std::string{name} + " is only for the program gantry"};
  return *found;
}

/// The text for the key, where `name` may be a flag that turns something off.
std::string for_key(const config::row& row, const std::string& name, const std::string& text) {
  if (!is_flag(name) || row.holds.flag_says != "false")
    return text;
  const bool is_off = config::naming(name, [&] { return config::read_switch(text); });
  return is_off ? "false" : "true";
}

void put(config::draft& draft, std::string_view name, const std::string& text) {
  const auto& row = row_of(name);
  if (text.empty() && !row.holds.may_be_empty)
    throw std::invalid_argument{std::string{name} + " is empty: set it to " +
                                config::needed_for(row)};
  config::naming(name, [&] { draft.set(row, text, given); });
}

std::string name_of(options::access_log log) {
  switch (log) {
  case options::access_log::off: return "off";
  case options::access_log::text: return "text";
  case options::access_log::json: return "json";
  }
  return {};
}

std::string name_of(options::reference_policy policy) {
  switch (policy) {
  case options::reference_policy::usual: return {};
  case options::reference_policy::accept: return "accept";
  case options::reference_policy::warn: return "warn";
  case options::reference_policy::reject: return "reject";
  }
  return {};
}

void put_unless_empty(config::draft& draft, std::string_view flag, const std::string& text) {
  if (!text.empty())
    put(draft, flag, text);
}

void put_unless_zero(config::draft& draft, std::string_view flag, std::uint64_t number) {
  if (number != 0)
    put(draft, flag, std::to_string(number));
}

/// Sets a switch by its key, unless it has the default: a profile may have another one.
void put_switch(config::draft& draft, std::string_view key, bool value, bool usual) {
  if (value != usual)
    put(draft, key, value ? "true" : "false");
}

} // namespace

options& options::set(const std::string& name, const std::string& text) {
  const auto& row = row_of(name);
  const auto value = for_key(row, name, text);
  config::draft trial{app::judge_form};
  put(trial, name, value);
  others.emplace_back(row.key, value);
  return *this;
}

namespace embed {

config::snapshot settings_of(const options& chosen) {
  const options usual;
  config::draft draft{app::judge_form};
  put(draft, "--addr", chosen.address);
  put_unless_empty(draft, "--data", chosen.data);
  put_unless_empty(draft, "--seed", chosen.seed);
  put_unless_empty(draft, "--profile", chosen.profile);
  put_unless_zero(draft, "--memory-limit", chosen.memory_limit);
  put_unless_zero(draft, "--threads", chosen.threads);
  put(draft, "--access-log", name_of(chosen.log));
  put_switch(draft, "gantry.validation.lenient", chosen.lenient, usual.lenient);
  put_unless_empty(draft, "--references", name_of(chosen.references));
  put_switch(draft, "storage.maintenance.readonly.enabled", chosen.read_only, usual.read_only);
  put_switch(draft, "storage.delete.enabled", chosen.allow_delete, usual.allow_delete);
  put_switch(draft, "gantry.referrers.enabled", chosen.referrers, usual.referrers);
  put_switch(draft, "http.relativeurls", !chosen.absolute_locations, !usual.absolute_locations);
  for (const auto& [name, value] : chosen.headers)
    put(draft, "--header", std::string{name}.append(": ").append(value));
  put(draft, "--max-uploads", std::to_string(chosen.max_uploads));
  for (const auto& [key, text] : chosen.others)
    put(draft, key, text);
  return draft.finish().chosen;
}

} // namespace embed

} // namespace gantry
