// Tags and rules for the tests of this layer.
#pragma once

#include "retention/judge.hpp"
#include "retention/reader.hpp"
#include "yaml/reader.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::test {

inline constexpr time_point retention_now{std::chrono::seconds{1'700'000'000}};

inline time_point days_ago(int days) {
  return retention_now - std::chrono::hours{24} * days;
}

/// A tag with a manifest of its own, that was never pulled.
inline retention::tag_facts pushed_tag(std::string_view name, int age_in_days = 0) {
  return {tag::parse(name).value(), digest::of(name), days_ago(age_in_days), {}};
}

inline retention::tag_facts pulled_tag(std::string_view name, int pushed, int pulled) {
  auto made = pushed_tag(name, pushed);
  made.pulled = days_ago(pulled);
  return made;
}

/// Another tag of the manifest of `target`, or one that belongs to it.
inline retention::tag_facts tag_of(std::string_view target, std::string_view name) {
  auto made = pushed_tag(name);
  made.target = digest::of(target);
  return made;
}

inline repository_name sample_repository() {
  return repository_name::parse("team/app").value();
}

/// The rules of a YAML list.
inline retention::rule_list rules_in(std::string_view text) {
  return retention::read_rules(yaml::read(text));
}

/// One rule about all repositories that has these keys as well.
inline retention::rule_list rule_with(const std::string& keys) {
  return rules_in("[{repositories: '*', " + keys + "}]");
}

/// The names of those that go or stay, in the order of `tags`, with spaces between them.
inline std::string names_where(bool doomed, const retention::rule_list& rules,
                               const std::vector<retention::tag_facts>& tags) {
  const auto verdicts = retention::judge(rules, sample_repository(), tags, retention_now);
  std::string names;
  for (std::size_t i = 0; i < tags.size(); ++i)
    if (verdicts[i].is_doomed == doomed)
      names.append(names.empty() ? "" : " ").append(tags[i].name.to_string());
  return names;
}

inline std::string doomed_by(const retention::rule_list& rules,
                             const std::vector<retention::tag_facts>& tags) {
  return names_where(true, rules, tags);
}

inline std::string kept_by(const retention::rule_list& rules,
                           const std::vector<retention::tag_facts>& tags) {
  return names_where(false, rules, tags);
}

} // namespace gantry::test
