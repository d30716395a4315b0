#include "retention/rule.hpp"

namespace gantry::retention {

namespace {

void append_patterns(std::string& text, std::string_view key, const pattern_list& patterns) {
  text.append(key);
  for (const auto& each : patterns)
    text.append(" ").append(each.to_string());
  text.append("\n");
}

void append_number(std::string& text, std::string_view key, std::uint64_t number) {
  text.append(key).append(" ").append(std::to_string(number)).append("\n");
}

void append_keep(std::string& text, const keep_list& keep) {
  append_number(text, "lastpushed", keep.last_pushed);
  append_number(text, "lastpulled", keep.last_pulled);
  append_number(text, "pushedwithin", static_cast<std::uint64_t>(keep.pushed_within.count()));
  append_number(text, "pulledwithin", static_cast<std::uint64_t>(keep.pulled_within.count()));
  append_patterns(text, "matching", keep.matching);
  if (!keep.versions)
    return;
  append_number(text, "major", keep.versions->major);
  append_number(text, "minor", keep.versions->minor);
  append_number(text, "patch", keep.versions->patch);
  append_number(text, "prereleases", keep.versions->prereleases);
}

} // namespace

bool keep_list::empty() const noexcept {
  return last_pushed == 0 && last_pulled == 0 && pushed_within.count() == 0 &&
         pulled_within.count() == 0 && matching.empty() && !versions;
}

bool operator==(const rule& left, const rule& right) noexcept {
  return left.name == right.name && left.repositories == right.repositories &&
         left.tags == right.tags && left.except == right.except && left.keep == right.keep;
}

bool is_about_repository(const rule& which, const repository_name& name) noexcept {
  return match_any(which.repositories, name.to_string());
}

bool is_about_tag(const rule& which, std::string_view name) noexcept {
  return which.tags.empty() || match_any(which.tags, name);
}

/// Patterns contain neither spaces nor line ends, so different rules have different texts.
digest fingerprint_of(std::span<const rule> rules) {
  std::string text;
  for (const auto& each : rules) {
    append_patterns(text, "repositories", each.repositories);
    append_patterns(text, "tags", each.tags);
    append_patterns(text, "except", each.except);
    append_keep(text, each.keep);
  }
  return digest::of(text);
}

} // namespace gantry::retention
