// What the rules remove.
#pragma once

#include "domain/digest.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"
#include "retention/judge.hpp"
#include "retention/rule.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gantry::retention {

struct planned_tag {
  tag name;
  /// What it points to; a tag that has another manifest meanwhile is not the one that was judged.
  digest target;
  /// The place in the list of the rule that removes it.
  std::size_t rule = 0;

  friend bool operator==(const planned_tag&, const planned_tag&) = default;
};

struct planned_repository {
  repository_name name;
  /// Sorted by name.
  std::vector<planned_tag> tags = {};

  friend bool operator==(const planned_repository&, const planned_repository&) = default;
};

struct plan {
  /// 32 hex digits. Plans have the same id if they remove the same tags with the same manifests by
  /// the same rules, whenever they were made.
  std::string id = {};
  time_point made = {};
  /// Sorted by name, each with tags.
  std::vector<planned_repository> repositories = {};
};

/// What `judge` dooms in one repository.
planned_repository plan_repository(std::span<const rule> rules, const repository_name& name,
                                   std::span<const tag_facts> tags, time_point now);

/// Precondition: no two repositories have the same name.
plan make_plan(std::span<const rule> rules, std::vector<planned_repository> repositories,
               time_point made);

} // namespace gantry::retention
