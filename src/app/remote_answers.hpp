// What the commands for a running registry ask by, and how they print what it answers.
#pragma once

#include "app/remote_registry.hpp"
#include "domain/image_reference.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::app {

/// `REPOSITORY[:TAG]` or `REPOSITORY@DIGEST`. Throws std::invalid_argument.
image_reference read_image(const std::string& text);
/// The name of a repository, without a tag or a digest. Throws std::invalid_argument.
std::string read_repository(const std::string& text);

using table_row = std::vector<std::string>;

/// A member as a table shows it: `-` if it is absent, the beginning of a digest.
std::string cell(const boost::json::object& from, std::string_view member);
/// `512 B`, `1.5 MiB`.
std::string render_bytes(std::uint64_t count);
/// One line for each row; the first one is the head, and has as many columns as the others. A
/// control character is shown as `?`, because clients choose some of the texts.
std::string render_table(const std::vector<table_row>& rows);

struct table_column {
  std::string_view head;
  std::string_view member;
  std::string (*show)(const boost::json::object& from, std::string_view member) = cell;
};

/// The objects of an answer's `list`, each as one row.
std::string render_list(std::string_view answer, std::string_view list,
                        const std::vector<table_column>& columns);

/// All pages of a list, as one answer with all items of `list`, or with the first `at_most` of
/// them. Errors: those of `remote_registry::ask`.
std::string ask_all(remote_registry& registry, const std::string& path, std::string_view list,
                    std::optional<std::size_t> at_most = std::nullopt);

/// Prints what `to_table` returns if `out` is a terminal, and the answer otherwise, or if
/// `json`.
void print(const std::string& answer, bool json, std::FILE* out,
           const std::function<std::string()>& to_table);

} // namespace gantry::app
