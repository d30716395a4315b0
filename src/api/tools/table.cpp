#include "api/tools/table.hpp"

#include "api/tools/schemas.hpp"

#include <algorithm>
#include <array>

namespace gantry::api::tools {

namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

constexpr mcp::tool_hints reads{.only_reads = true};
constexpr mcp::tool_hints adds{};
constexpr mcp::tool_hints replaces{.destroys = true, .repeatable = true};

// clang-format off
constexpr std::array rows{
  row{{
    "list_repositories", "List repositories",
    "Lists the repositories that hold a manifest, sorted. If `more` is true, continue with `last`.",
    schemas::page, schemas::repositories, reads},
    "list_repositories", mib, list_repositories},
  row{{
    "list_tags", "List tags",
    "Lists the tags of a repository, sorted. If `more` is true, continue with `last`.",
    schemas::page_of_tags, schemas::tags, reads},
    "list_tags", mib, list_tags},
  row{{
    "read_manifest", "Read a manifest",
    "Reads a manifest by tag or digest: its digest, media type, size in bytes, and its text.",
    schemas::reference, schemas::manifest, reads},
    "get_manifest", 26 * mib, read_manifest},
  row{{
    "push_image", "Push an image",
    "Pushes a small image that is made of texts. It has an OCI manifest, a config and one layer "
    "per text. Layers are stored as they are, so clients can pull them but not unpack them. The "
    "tag moves if it exists. It is no client's request: faults do not hit it, and it is not "
    "recorded.",
    schemas::image, schemas::pushed_image, replaces},
    "put_manifest", 4 * mib, push_image},
  row{{
    "set_fault", "Set a fault",
    "Makes chosen requests of clients fail from now on. Give the name of a known fault, as in "
    R"({"name": "hub-429"}, or a rule, as in )"
    R"({"match": {"operation": "put_manifest"}, "nth": 1, "effect": {"status": 503}}. )"
    "list_faults shows the names, and how often each fault has hit.",
    schemas::rule, schemas::faults, adds},
    "set_faults", mib, set_fault},
  row{{
    "list_faults", "List faults",
    "Lists the faults that are set, with how often each has hit, and the names of known faults.",
    schemas::nothing, schemas::faults, reads},
    "list_faults", 8 * mib, list_faults},
  row{{
    "clear_faults", "Clear faults",
    "Removes the fault with this id, or all faults without one.",
    schemas::fault_id, schemas::ok, replaces},
    "clear_faults", 64 * kib, clear_faults},
  row{{
    "list_requests", "List requests",
    "Lists what clients asked of the registry, the oldest first, without secrets. All filters must "
    "match. Continue with `since` = `next` of the result.",
    schemas::filter, schemas::requests, reads},
    "list_requests", 8 * mib, list_requests},
  row{{
    "clear_requests", "Clear requests",
    "Forgets the recorded requests, so that the next ones are easy to find.",
    schemas::nothing, schemas::ok, replaces},
    "clear_requests", 64 * kib, clear_requests},
  row{{
    "reset", "Reset the registry",
    "Deletes all repositories, faults and recorded requests, and restores the initial content.",
    schemas::nothing, schemas::ok, replaces},
    "reset", 64 * kib, reset},
};
// clang-format on

constexpr auto shown = [] {
  std::array<mcp::tool, rows.size()> tools{};
  std::ranges::transform(rows, tools.begin(), &row::shown);
  return tools;
}();

} // namespace

std::span<const row> table() noexcept {
  return rows;
}

std::span<const mcp::tool> shown_tools() noexcept {
  return shown;
}

const operation& operation_of(const row& tool) noexcept {
  return *std::ranges::find(operations(), tool.stands_for, &operation::name);
}

} // namespace gantry::api::tools
