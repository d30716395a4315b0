// Decides which tags of a repository go.
#pragma once

#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"
#include "retention/rule.hpp"
#include "retention/verdict.hpp"

#include <span>
#include <vector>

namespace gantry::retention {

/// Judges all tags of a repository at one moment and returns a verdict for each, in their order,
/// which does not matter otherwise. Precondition: no two tags have the same name, and each rule
/// keeps something.
std::vector<verdict> judge(std::span<const rule> rules, const repository_name& repository,
                           std::span<const tag_facts> tags, time_point now);

} // namespace gantry::retention
