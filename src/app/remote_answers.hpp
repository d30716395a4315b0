// What the commands for a running registry ask by, and how they print what it answers.
#pragma once

#include "app/remote_registry.hpp"
#include "domain/image_reference.hpp"

#include <boost/json/object.hpp>

#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::app {

/// `REPOSITORY[:TAG]` or `REPOSITORY@DIGEST`. Throws std::invalid_argument.
image_reference read_image(const std::string& text);

using table_row = std::vector<std::string>;

/// A member as a table shows it: `-` if it is absent, the beginning of a digest.
std::string cell(const boost::json::object& from, std::string_view member);
/// One line for each row; the first one is the head, and has as many columns as the others.
std::string render_table(const std::vector<table_row>& rows);
/// The objects of an answer's `list`: a column for each of `members`.
std::string render_list(std::string_view answer, std::string_view list, table_row head,
                        const std::vector<std::string_view>& members);

/// All pages of a list, as one answer with all items of `list`. Errors: those of
/// `remote_registry::ask`.
std::string ask_all(remote_registry& registry, const std::string& path, std::string_view list);

/// Prints what `to_table` returns if `out` is a terminal, and the answer otherwise, or if
/// `json`.
void print(const std::string& answer, bool json, std::FILE* out,
           const std::function<std::string()>& to_table);

} // namespace gantry::app
