// The command line of `gantry`.
#pragma once

#include "app/backup.hpp"
#include "app/certificates.hpp"
#include "app/history_commands.hpp"
#include "app/import_export.hpp"
#include "app/listing_commands.hpp"
#include "app/maintenance.hpp"
#include "app/policies.hpp"
#include "app/record.hpp"
#include "app/repository_commands.hpp"
#include "app/retention_commands.hpp"
#include "app/status.hpp"
#include "app/tokens.hpp"
#include "app/users.hpp"
#include "app/webhook_commands.hpp"
#include "bench/options.hpp"
#include "config/settings.hpp"
#include "otlp/settings.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gantry::app {

struct serve_command {
  config::snapshot settings;
  /// Options that have no effect; one line each, for stderr.
  std::vector<std::string> warnings = {};
  /// The configuration file; empty for none.
  std::string file = {};
  otlp::settings traces = {};
};

/// Nothing to run: a text for stdout (exit 0), or one line for stderr (exit 2).
struct message_command {
  std::string text;
  int exit_code = 0;
};

using command =
  std::variant<serve_command, gc_command, garbage_collect_command, backup_command, restore_command,
               verify_command, import_command, export_command, user_command, token_command,
               dev_certificate_command, policy_command, record_command, history_command,
               repository_command, listing_command, search_command, retention_command,
               webhook_command, status_command, bench::push_options, bench::pull_options,
               bench::mixed_options, bench::tags_options, bench::catalog_options,
               bench::mount_storm_options, bench::resume_options, bench::churn_options,
               bench::zb_options, bench::compare_options, message_command>;

/// Parses arguments and the environment. Never throws because of user input.
command parse_command_line(int argc, const char* const* argv);

} // namespace gantry::app
