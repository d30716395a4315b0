#include "app/command_line.hpp"

#include "app/bench_options.hpp"
#include "app/option_kinds.hpp"
#include "app/transfer_options.hpp"
#include "domain/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

namespace gantry::app {

namespace {

/// A field name (RFC 9110, 5.1) that the server does not write itself.
bool may_be_set(std::string name) {
  const auto is_token = [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token))
    return false;
  std::transform(name.begin(), name.end(), name.begin(), to_lower);
  return name != "content-length" && name != "transfer-encoding" && name != "connection" &&
         name != "date";
}

void add_general(CLI::App& app, config& settings) {
  app.add_option("--addr", settings.address, "HOST:PORT to listen on; port 0 takes any free one")
    ->envname("REGISTRY_HTTP_ADDR")
    ->capture_default_str();
  app
    .add_option("--threads", settings.threads,
                "threads for sockets and actors (default: one a core)")
    ->check(CLI::Range(1, 1024));
  auto* data = app
                 .add_option("--data", settings.data,
                             "keep everything in this folder, over restarts (default: in memory)")
                 ->envname("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY")
                 ->type_name("DIR");
  add_size(app, "--memory-limit", settings.memory_limit,
           "bytes that may be stored in memory, such as 512MiB (default: half of the RAM)")
    ->excludes(data);
  app.add_option("--seed", settings.seed,
                 "true for library/hello-world:latest, false for nothing, or an OCI image layout "
                 "(default: true, with --data false)");
  settings.log = telemetry::log_format::text;
  add_choice(app, "--access-log", settings.log,
             {{"off", telemetry::log_format::off},
              {"text", telemetry::log_format::text},
              {"json", telemetry::log_format::json}},
             "off, text (the default) or json, on stdout");
  app.add_flag("--separate-scheduler", settings.separate_scheduler,
               "run actors on CAF's own threads instead of the io threads");
}

void add_policy(CLI::App& app, config& settings) {
  using references = validation_policy::references;
  auto& actors = settings.actors;
  auto& http = settings.http;
  app.add_flag_callback(
    "--lenient", [&] { actors.validation = validation_policy::lenient(); },
    "accept any digest, tag and manifest, as the emulator did");
  add_choice(
    app, "--references", actors.validation.reference,
    {{"reject", references::reject}, {"warn", references::warn}, {"accept", references::accept}},
    "manifests that name absent blobs: reject, warn (the default) or accept");
  app.add_flag("--read-only", http.read_only, "refuse every push and delete");
  app.add_flag_callback(
    "--no-delete", [&] { http.allow_delete = false; }, "refuse every delete");
  app.add_flag_callback(
    "--no-referrers", [&] { http.referrers = false; }, "answer 404 to the referrers API");
  app
    .add_option("--immutable-tags", actors.immutable_tags,
                "tags that match this pattern never move; may be repeated")
    ->type_name("GLOB")
    ->expected(1)
    ->take_all();
  app.add_option("--max-repositories", actors.max_repositories, "0 for no limit");
  add_size(app, "--max-blob-size", actors.uploads.max_size, "bytes of one blob; 0 for no limit");
  add_size(app, "--chunk-min-length", http.chunk_min_length,
           "bytes that a chunk must have (OCI-Chunk-Min-Length)");
  add_seconds(app, "--upload-expiry", actors.upload_expiry,
              "an upload that nobody touches for this long is dropped (default: a day)");
}

void add_collection(CLI::App& app, config& settings) {
  auto& actors = settings.actors;
  add_seconds(app, "--gc-interval", actors.gc_interval,
              "collect garbage this often (default: an hour); 0 for never", 0);
  add_seconds(app, "--gc-grace", actors.collection.grace,
              "what nobody needs any more goes after this long (default: an hour)", 0);
  add_seconds(app, "--blob-lease", actors.blob_lease,
              "a blob that a push may count on stays for this long (default: an hour)");
  add_seconds(app, "--scrub-interval", actors.scrub_interval,
              "read all blobs back this often, and put damaged ones away (default: 0, never)", 0);
  add_size(app, "--scrub-rate", actors.scrub_rate, "bytes a second that this may read")
    ->check(CLI::PositiveNumber);
  app.add_flag("--delete-untagged", actors.collection.delete_untagged,
               "collect manifests without a tag, an index or a subject of their own");
  app.add_flag("--allow-reset", settings.http.allow_reset,
               "let POST /__parlel/reset forget everything, also with --data");
}

void add_http(CLI::App& app, http::options& http) {
  const auto check_prefix = [](const std::string& prefix) {
    return !prefix.starts_with('/') || prefix.ends_with('/')
             ? "'" + prefix + "' does not start with a slash, or ends with one"
             : std::string{};
  };
  app.add_option("--prefix", http.prefix, "in front of every path, such as /registry")
    ->check(CLI::Validator{check_prefix, "", ""});
  app.add_flag("--absolute-locations", http.absolute_locations,
               "send scheme and host in Location and Link");
  app
    .add_option_function<std::vector<std::string>>(
      "--header",
      [&http](const std::vector<std::string>& lines) {
        for (const auto& line : lines) {
          const auto colon = line.find(": ");
          if (colon == std::string::npos || !may_be_set(line.substr(0, colon)) ||
              line.find_first_of("\r\n") != std::string::npos)
            throw CLI::ValidationError{
              "--header",
              "'" + line + "' is not of the form 'Name: value', or the server sets it itself"};
          http.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        }
      },
      "'Name: value' for every answer; may be repeated")
    ->expected(1)
    ->take_all();
  app.add_option("--cors-origin", http.cors_origin, "Access-Control-Allow-Origin; empty for none")
    ->capture_default_str();
  app.add_option("--page-default", http.pages.default_limit, "entries of a list without n");
  app.add_option("--page-max", http.pages.max_limit, "entries of a list at most");
  app.add_flag("--page-strict", http.pages.refuse_excess, "refuse an n above the maximum");
  add_size(app, "--max-in-flight", http.max_in_flight,
           "bytes of uploads in memory, of all connections");
  app.add_option("--max-connections", http.max_connections,
                 "connections served at once; more wait");
}

void add_timeouts(CLI::App& app, http::options& http) {
  add_seconds(app, "--head-timeout", http.head_timeout, "for the head of a request");
  add_seconds(app, "--idle-timeout", http.idle_timeout, "between two requests");
  add_seconds(app, "--body-timeout", http.body_timeout, "span of the minimum rate of a body");
  app.add_option("--min-body-rate", http.min_body_rate, "bytes a second");
  add_seconds(app, "--send-timeout", http.send_timeout, "for a client that takes nothing");
  add_seconds(app, "--drain-timeout", http.drain_timeout, "for requests to finish at the end");
}

void add_serve(CLI::App& app, config& settings) {
  add_general(app, settings);
  add_policy(app, settings);
  add_collection(app, settings);
  add_http(app, settings.http);
  add_timeouts(app, settings.http);
}

/// What a durable registry does unless it is told otherwise.
void finish(const CLI::App& server, config& settings) {
  if (settings.data.empty())
    return;
  settings.http.allow_reset = server.count("--allow-reset") > 0;
  if (server.count("--references") == 0 && server.count("--lenient") == 0)
    settings.actors.validation = validation_policy::durable();
}

void add_gc(CLI::App& app, gc_command& gc) {
  add_data(app, gc.folder, "the folder of the registry");
  app.add_flag("--dry-run", gc.policy.dry_run, "count, and change nothing");
  app.add_flag("--delete-untagged", gc.policy.delete_untagged,
               "manifests without a tag, an index or a subject of their own go, too");
  add_seconds(app, "--grace", gc.policy.grace,
              "what nobody needs goes after this long (default: an hour)", 0);
  add_seconds(app, "--upload-expiry", gc.policy.upload_expiry,
              "uploads that nobody touched for this long go (default: a day)");
}

void add_verify(CLI::App& app, verify_command& verify) {
  add_data(app, verify.folder, "the folder of the registry");
  app.add_flag("--deep", verify.options.deep, "read every byte and compare digests");
  app.add_flag("--repair", verify.options.repair,
               "put damaged blobs into quarantine, so that a push heals them, and remove rows "
               "that lead nowhere");
}

/// The command whose options stand last.
const CLI::App* innermost(const CLI::App& app) {
  const auto* command = &app;
  while (!command->get_subcommands().empty())
    command = command->get_subcommands().front();
  return command;
}

/// The one that was parsed, of those that hand their work to other layers.
command chosen(const CLI::App& parsed, transfer_commands transfer, bench_command bench) {
  if (parsed.get_name() == "import")
    return std::move(transfer.importing);
  if (parsed.get_name() == "export")
    return std::move(transfer.exporting);
  return chosen_bench(parsed.get_name(), std::move(bench));
}

std::string one_line(std::string text) {
  return text.substr(0, text.find('\n')) + "\n";
}

} // namespace

command parse_command_line(int argc, const char* const* argv) {
  CLI::App app{"A container registry: docker, podman, skopeo, containerd and oras push to it and "
               "pull from it.",
               "gantry"};
  app.require_subcommand(1);
  serve_command serve;
  const auto* server = add_command(app, "serve", "run the registry", add_serve, serve.settings);
  gc_command gc;
  const auto* collecting =
    add_command(app, "gc", "collect the garbage of a stopped registry", add_gc, gc);
  verify_command verify;
  const auto* verifying = add_command(
    app, "verify", "look for damage in the folder of a stopped registry", add_verify, verify);
  transfer_commands transfer;
  add_transfer(app, transfer);
  bench_command bench;
  add_bench(app, bench);
  auto* version = app.add_subcommand("version", "print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return message_command{innermost(app)->help(), 0};
  } catch (const CLI::ParseError& wrong) {
    return message_command{"gantry: " + one_line(wrong.what()), 2};
  }
  if (version->parsed())
    return message_command{"gantry " GANTRY_VERSION "\n", 0};
  if (collecting->parsed())
    return gc;
  if (verifying->parsed())
    return verify;
  if (!server->parsed())
    return chosen(*innermost(app), std::move(transfer), std::move(bench));
  finish(*server, serve.settings);
  return serve;
}

} // namespace gantry::app
