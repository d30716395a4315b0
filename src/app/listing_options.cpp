#include "app/listing_options.hpp"

#include "app/option_kinds.hpp"
#include "app/remote_options.hpp"
#include "listing/columns.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::app {

namespace {

using column_names = std::vector<std::string_view>;

column_names names_of(const std::vector<listing::column>& columns) {
  column_names names;
  for (const auto& each : columns)
    names.push_back(each.name);
  return names;
}

void add_limit(CLI::App& app, std::optional<std::size_t>& limit) {
  add_count(app, "--limit", limit, "print at most this many rows", {.least = 1});
}

void add_sort(CLI::App& app, std::string& sort, const column_names& known) {
  const auto read = [&sort, known](const std::string& text) {
    const auto column = std::string_view{text}.substr(text.starts_with('-') ? 1 : 0);
    static_cast<void>(config::read_choice(column, known));
    sort = text;
  };
  add_value(app, "--sort", config::in_braces(known),
            "the column to sort by; a minus in front puts the largest first: --sort -pushed", read)
    ->default_str("name");
}

/// What both lists have in common.
void add_list_options(CLI::App& app, listing_command& parsed, const column_names& known) {
  add_text(app, "pattern", parsed.pattern, "GLOB",
           "list only names that match; * stands for any characters");
  add_text(app, "--contains", parsed.contains, "TEXT",
           "list only names that contain this, in upper or lower case");
  add_sort(app, parsed.sort, known);
  add_limit(app, parsed.limit);
  add_remote(app, parsed.where, parsed.json);
}

void fill_repository_list(CLI::App& app, listing_command& parsed) {
  parsed.kind = listing_kind::repositories;
  add_list_options(app, parsed, names_of(listing::repository_columns()));
}

void fill_tag_list(CLI::App& app, listing_command& parsed) {
  parsed.kind = listing_kind::tags;
  add_text(app, "repository", parsed.repository, "REPOSITORY", "the repository")->required();
  add_list_options(app, parsed, names_of(listing::tag_columns()));
}

/// An option that may be repeated: a key that must be there, or a key with its value.
void add_facts(CLI::App& app, const std::string& name, std::vector<std::string>& facts,
               const std::string& description) {
  add_values(app, name, "KEY[=VALUE]", description,
             [&facts](const std::string& text) { facts.push_back(text); });
}

void fill_search(CLI::App& app, search_command& parsed) {
  add_facts(app, "--annotation", parsed.annotations,
            "an annotation of the manifest; may be repeated");
  add_facts(app, "--label", parsed.labels, "a label of the image's config; may be repeated");
  add_text(app, "--digest", parsed.digest, "DIGEST",
           "the digest of the manifest, or of a blob that it names");
  add_text(app, "--artifact-type", parsed.artifact_type, "TYPE", "the type of the artifact");
  add_limit(app, parsed.limit);
  add_remote(app, parsed.where, parsed.json);
  app.footer("A manifest is found if all of what is given is true of it.");
}

} // namespace

void add_repository_list(CLI::App& app, listing_command& parsed) {
  add_command(app, "list", "list repositories, with their sizes and pulls", fill_repository_list,
              parsed);
}

void add_tag_list(CLI::App& app, listing_command& parsed) {
  add_command(app, "list", "list the tags of a repository", fill_tag_list, parsed);
}

void add_search(CLI::App& app, search_command& parsed) {
  add_command(app, "search", "find manifests in all repositories of a running registry",
              fill_search, parsed);
}

} // namespace gantry::app
