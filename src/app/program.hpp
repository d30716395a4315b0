// The whole command line as CLI11 parses it, and the parsed result.
#pragma once

#include "app/backup_options.hpp"
#include "app/bench_options.hpp"
#include "app/certificates.hpp"
#include "app/completion.hpp"
#include "app/history_commands.hpp"
#include "app/import_export.hpp"
#include "app/listing_commands.hpp"
#include "app/maintenance.hpp"
#include "app/policies.hpp"
#include "app/record.hpp"
#include "app/repository_commands.hpp"
#include "app/retention_commands.hpp"
#include "app/serve_options.hpp"
#include "app/status.hpp"
#include "app/tokens.hpp"
#include "app/transfer_options.hpp"
#include "app/users.hpp"
#include "app/webhook_commands.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace gantry::app {

/// Must not be moved: its parts refer to each other.
struct program {
  program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  serve_arguments serving;
  /// The file that `config check` reads.
  std::string checked;
  gc_command collecting;
  garbage_collect_command garbage_collecting;
  verify_command verifying;
  backup_commands backups;
  transfer_commands transfer;
  user_command users;
  token_command tokens;
  dev_certificate_command certificate;
  policy_command policy;
  record_command recording;
  history_command changes;
  repository_command repositories;
  listing_command lists;
  search_command searching;
  retention_command retaining;
  webhook_command hooks;
  status_command asking;
  bench_command bench;
  std::optional<shell> completed;

  CLI::App app;
};

} // namespace gantry::app
