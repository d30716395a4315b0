#include "retention/plan.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gantry::retention {

namespace {

constexpr std::size_t id_digits = 32;

/// Names contain no controls and digests no spaces, so different plans have different texts.
std::string id_of(std::span<const rule> rules,
                  const std::vector<planned_repository>& repositories) {
  auto text = fingerprint_of(rules).to_string();
  for (const auto& repository : repositories) {
    text.append("\n").append(repository.name.to_string());
    for (const auto& each : repository.tags) {
      text.append("\n\t").append(each.name.to_string()).append(" ");
      each.target.append_to(text);
    }
  }
  return digest::of(text).hex().substr(0, id_digits);
}

} // namespace

planned_repository plan_repository(std::span<const rule> rules, const repository_name& name,
                                   std::span<const tag_facts> tags, time_point now) {
  planned_repository made{name};
  const auto verdicts = judge(rules, name, tags, now);
  for (std::size_t i = 0; i < tags.size(); ++i)
    if (verdicts[i].is_doomed)
      made.tags.push_back({tags[i].name, tags[i].target, verdicts[i].rule.value()});
  std::ranges::sort(made.tags, {}, &planned_tag::name);
  return made;
}

plan make_plan(std::span<const rule> rules, std::vector<planned_repository> repositories,
               time_point made) {
  std::erase_if(repositories, [](const planned_repository& each) { return each.tags.empty(); });
  std::ranges::sort(repositories, {}, &planned_repository::name);
  assert(std::ranges::adjacent_find(repositories, {}, &planned_repository::name) ==
         repositories.end());
  auto id = id_of(rules, repositories);
  return {std::move(id), made, std::move(repositories)};
}

} // namespace gantry::retention
