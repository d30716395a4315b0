// Readers for what chooses and orders the rows of lists, and the changes that are watched.
#pragma once

#include "api/readers.hpp"
#include "domain/error.hpp"
#include "listing/query.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gantry::api {

/// The most annotations, and the most labels, of a search.
inline constexpr std::size_t max_wanted_facts = 16;

/// Read `repository` and `tag` as globs; empty if they are absent. Errors: request_invalid.
result<std::string> read_repository_glob(const parts& from);
result<std::string> read_tag_glob(const parts& from);
/// Read `name` as a glob of what is listed; empty if it is absent. Errors: request_invalid.
result<std::string> read_listed_repositories(const parts& from);
result<std::string> read_listed_tags(const parts& from);
/// Reads `contains`; empty if it is absent. Errors: request_invalid.
result<std::string> read_contains(const parts& from);
/// Read `sort`; by name if it is absent. Errors: request_invalid.
result<listing::sorting<listing::repository_order>> read_repository_sorting(const parts& from);
result<listing::sorting<listing::tag_order>> read_tag_sorting(const parts& from);
/// Read `annotation` and `label`: `KEY` or `KEY=VALUE`, several add up. Errors: request_invalid.
result<std::vector<listing::wanted_fact>> read_annotations(const parts& from);
result<std::vector<listing::wanted_fact>> read_labels(const parts& from);
/// Reads `artifactType` as a single one; empty if it is absent. Errors: request_invalid.
result<std::string> read_artifact_type(const parts& from);

} // namespace gantry::api
