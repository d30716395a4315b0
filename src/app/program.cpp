#include "app/program.hpp"

#include "app/certificate_options.hpp"
#include "app/config_options.hpp"
#include "app/forms.hpp"
#include "app/help_formatter.hpp"
#include "app/history_options.hpp"
#include "app/listing_options.hpp"
#include "app/option_kinds.hpp"
#include "app/policy_options.hpp"
#include "app/record_options.hpp"
#include "app/remote_options.hpp"
#include "app/repository_options.hpp"
#include "app/retention_options.hpp"
#include "app/token_options.hpp"
#include "app/user_options.hpp"
#include "app/webhook_options.hpp"

#include <chrono>
#include <memory>

namespace gantry::app {

namespace {

constexpr std::chrono::milliseconds zero{0};

void add_gc(CLI::App& app, gc_command& gc) {
  add_data(app, gc.folder, gc.wait_for_lock.at_most, "the folder of the registry");
  add_flag(app, "--dry-run", "count without changing anything", gc.policy.dry_run);
  add_flag(app, "--delete-untagged",
           "collect manifests without a tag, unless an index names them or their subject exists",
           gc.policy.delete_untagged);
  add_flag(app, "--ignore-leases",
           "also collect what recent pushes still hold; safe only if none will continue",
           gc.policy.ignore_leases);
  add_duration(app, "--grace", gc.policy.grace, "keep garbage for this long before it is removed",
               zero);
  add_duration(app, "--upload-expiry", gc.policy.upload_expiry,
               "drop uploads that have had no request for this long");
  add_value(
    app, "--history-keep", "DURATION", "forget what happened to tags longer ago",
    [&gc](const std::string& text) { gc.policy.history.keep = config::read_duration(text); })
    ->default_str("all of it stays");
  add_value(app, "--undo-window", "DURATION", "forget images that were deleted longer ago",
            [&gc](const std::string& text) { gc.policy.undo_window = config::read_duration(text); })
    ->default_str("those that are kept stay");
}

void add_garbage_collect(CLI::App& app, garbage_collect_command& parsed) {
  add_text(app, "config", parsed.config, "FILE",
           "the configuration file, which names the folder of the registry")
    ->required();
  add_flag(app, "-d,--dry-run", "count without changing anything", parsed.policy.dry_run);
  add_flag(app, "-m,--delete-untagged",
           "collect manifests without a tag, unless an index names them or their subject exists",
           parsed.policy.delete_untagged);
}

void add_verify(CLI::App& app, verify_command& verify) {
  add_data(app, verify.folder, verify.options.wait_for_lock.at_most, "the folder of the registry");
  add_flag(app, "--deep", "read every byte and compare digests", verify.options.deep);
  add_flag(app, "--repair",
           "quarantine damaged blobs, so that a push can replace them, and remove dangling rows",
           verify.options.repair);
}

void add_status(CLI::App& app, status_command& status) {
  add_text(app, "url", status.where.url, "URL", "the registry: http[s]://HOST[:PORT]")->required();
  add_access(app, status.where);
  add_flag(app, "--json", "print the answer of /__gantry/status as it is", status.json);
  app.footer("The exit status is 1 if the registry is not ready.");
}

void add_completion(CLI::App& app, std::optional<shell>& completed) {
  add_choice(app, "shell", completed,
             {{"bash", shell::bash}, {"fish", shell::fish}, {"zsh", shell::zsh}},
             "the shell to complete commands and options in")
    ->required();
  app.footer("Load it with: source <(gantry completion bash), or gantry completion fish | source.");
}

} // namespace

program::program()
  : serving{.draft = config::draft{judge_form}},
    app{"A container registry: docker, podman, skopeo, containerd and oras push to it and pull "
        "from it.",
        "gantry"} {
  app.require_subcommand(1);
  app.formatter(std::make_shared<help_formatter>());
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag("--version", "gantry " GANTRY_VERSION, "print the version");
  add_command(app, "serve", "run the registry", add_serve, serving);
  add_config(app, serving, checked);
  add_command(app, "gc", "collect the garbage of a stopped registry", add_gc, collecting);
  add_command(app, "garbage-collect",
              "collect the garbage of a registry that is running or stopped", add_garbage_collect,
              garbage_collecting);
  add_command(app, "verify", "check the folder of a stopped registry for damage", add_verify,
              verifying);
  add_backup(app, backups);
  add_transfer(app, transfer);
  add_users(app, users);
  add_tokens(app, tokens);
  add_certificates(app, certificate);
  add_policies(app, policy);
  add_record(app, recording);
  add_history(app, changes, lists);
  add_repositories(app, repositories, lists);
  add_search(app, searching);
  add_retention(app, retaining);
  add_webhooks(app, hooks);
  add_command(app, "status", "show how a running registry is, and why", add_status, asking);
  add_bench(app, bench);
  add_command(app, "completion", "print a script that completes commands and options in a shell",
              add_completion, completed);
  app.add_subcommand("manual", "print the manual page for man(1)");
  app.add_subcommand("help", "print the help of a command");
  app.add_subcommand("version", "print the version");
}

} // namespace gantry::app
