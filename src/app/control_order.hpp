// What a command asks of the server that has a data folder open, and the answer.
//
// An order is a line of JSON on the socket `control` in the folder, {"collect": {"dry_run": true}},
// and so is the answer: {"report": {...}} or {"error": "..."}.
#pragma once

#include "domain/error.hpp"
#include "storage/api/upkeep.hpp"
#include "storage/disk/files.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::app {

/// Longer orders are refused, in bytes.
inline constexpr std::size_t longest_order = 4096;

/// Collects garbage now.
struct collect_order {
  bool dry_run = false;
  /// Even if the server's own collections leave manifests without a tag alone.
  bool delete_untagged = false;
};

std::string to_text(const collect_order& order);
/// Errors: request_invalid, with a detail that says what is wrong.
result<collect_order> parse_order(std::string_view text);

std::string to_text(const result<gc_report>& answer);
/// Throws std::runtime_error if it reports an error or is not an answer.
gc_report parse_answer(std::string_view text);

/// The local address of a socket in `folder`, however long the path of that is. An open descriptor
/// of the folder keeps it valid.
std::string control_address(const storage::file& folder);

/// Asks the server that has `folder` open, and waits for its answer. Empty if no server listens
/// there. Throws std::runtime_error if the server refuses.
std::optional<gc_report> ask_server(const std::filesystem::path& folder,
                                    const collect_order& order);

} // namespace gantry::app
