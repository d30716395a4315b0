#include "app/command_line.hpp"

#include "app/bench_options.hpp"
#include "app/listen_address.hpp"
#include "app/mistakes.hpp"
#include "app/option_kinds.hpp"
#include "app/transfer_options.hpp"
#include "base/text.hpp"
#include "http/authority.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gantry::app {

namespace {

constexpr std::chrono::milliseconds zero{0};
constexpr bounds page_bounds{1, 1'000'000};

/// Options that say something about a folder.
constexpr const char* durable_only[] = {"--gc-grace",        "--scrub-interval", "--scrub-rate",
                                        "--delete-untagged", "--allow-reset",    "--wait-for-lock"};

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
  const auto set_address = [&settings](const std::string& text) {
    parse_listen_address(text);
    settings.address = text;
  };
  add_value(app, "--addr", "HOST:PORT",
            "where to listen; no host is all addresses, localhost both loopback ones; port 0 takes "
            "any free "
            "one",
            set_address)
    ->envname("REGISTRY_HTTP_ADDR")
    ->default_str(settings.address);
  add_count(app, "--threads", settings.threads,
            "threads for sockets and actors (default: one per core)", {1, 1024});
  auto* data = add_text(app, "--data", settings.data, "DIR",
                        "keep everything in this folder, over restarts (default: in memory)")
                 ->envname("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY");
  add_wait_for_lock(app, settings.wait_for_lock);
  add_size(app, "--memory-limit", settings.memory_limit,
           "bytes that may be stored in memory, such as 512MiB (default: half of the RAM)",
           {1, any_size.most})
    ->excludes(data);
  add_text(app, "--seed", settings.seed, "WHAT",
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
  auto& api = settings.api;
  app.add_flag_callback(
    "--lenient", [&] { actors.validation = validation_policy::lenient(); },
    "accept any digest, tag and manifest, as the emulator did");
  add_choice(
    app, "--references", actors.validation.reference,
    {{"reject", references::reject}, {"warn", references::warn}, {"accept", references::accept}},
    "manifests that name absent blobs: reject, warn (the default) or accept");
  app.add_flag("--read-only", api.read_only, "refuse every push and delete");
  app.add_flag_callback(
    "--no-delete", [&] { api.allow_delete = false; }, "refuse every delete");
  app.add_flag_callback(
    "--no-referrers", [&] { api.referrers = false; }, "answer 404 to the referrers API");
  add_values(app, "--immutable-tags", "GLOB", "tags that match this never move; may be repeated",
             [&actors](const std::string& glob) { actors.immutable_tags.push_back(glob); })
    ->expected(1)
    ->take_all();
  add_count(app, "--max-uploads", actors.max_uploads,
            "open uploads, those counted that a process before has left; 0 for no limit");
  add_count(app, "--max-repositories", actors.max_repositories,
            "repositories that may hold manifests; 0 for no limit");
  add_size(app, "--max-blob-size", actors.uploads.max_size, "bytes of one blob; 0 for no limit");
  add_size(app, "--chunk-min-length", api.chunk_min_length,
           "bytes that a chunk must have (OCI-Chunk-Min-Length)");
  add_duration(app, "--upload-expiry", actors.upload_expiry,
               "an upload that nobody touches for this long is dropped (default: 1d)");
}

void add_collection(CLI::App& app, config& settings) {
  auto& actors = settings.actors;
  add_duration(app, "--gc-interval", actors.gc_interval,
               "collect garbage this often (default: 1h); 0 for never", zero);
  add_duration(app, "--gc-grace", actors.collection.grace,
               "what nobody needs any more goes after this long (default: 1h)", zero);
  add_duration(app, "--blob-lease", actors.blob_lease,
               "a blob that a push may count on stays for this long (default: 1h)");
  add_duration(app, "--scrub-interval", actors.scrub_interval,
               "read all blobs back this often, and put damaged ones away (default: 0, never)",
               zero);
  add_size(app, "--scrub-rate", actors.scrub_rate, "bytes per second that this may read",
           {1, any_size.most});
  app.add_flag("--delete-untagged", actors.collection.delete_untagged,
               "collect manifests without a tag, an index or a subject of their own");
  app.add_flag("--allow-reset", settings.api.allow_reset,
               "let POST /__parlel/reset forget everything, also with --data");
}

void add_header(CLI::App& app, http::options& http) {
  const auto add = [&http](const std::string& line) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos || !may_be_set(line.substr(0, colon)) ||
        line.find_first_of("\r\n") != std::string::npos)
      throw std::invalid_argument{"'" + line +
                                  "' is not of the form 'NAME: VALUE', or the server sets it "
                                  "itself: write such as 'X-Content-Type-Options: nosniff'"};
    http.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  };
  add_values(app, "--header", "'NAME: VALUE'", "a field of every answer; may be repeated", add)
    ->expected(1)
    ->take_all();
}

void add_origins(CLI::App& app, api::options& api) {
  const auto set_origins = [&api](const std::vector<std::string>& texts) {
    api.cors_origins.clear();
    for (const auto& text : texts) {
      if (!text.empty() && text != "*" && !http::parse_origin(text))
        throw CLI::ValidationError{
          "--cors-origin",
          "'" + text +
            "' is not an origin: write scheme and host, such as http://localhost:3000, or * to let "
            "every page read"};
      if (!text.empty())
        api.cors_origins.push_back(text);
    }
  };
  app
    .add_option_function<std::vector<std::string>>(
      "--cors-origin", set_origins,
      "pages of this origin may use the registry; may be repeated; * lets every page read (the "
      "default in memory), empty none (with --data)")
    ->type_name("ORIGIN")
    ->expected(1)
    ->take_all();
  const auto add_host = [&api](const std::string& text) {
    const auto named = http::parse_authority(text);
    if (!named || named->host.empty() || text.find(':') != std::string::npos)
      throw std::invalid_argument{"'" + text +
                                  "' is not the name of a host: write it without scheme and port, "
                                  "such as registry.example"};
    api.allowed_hosts.push_back(named->host);
  };
  add_values(app, "--allowed-host", "HOST",
             "a name of this registry: its own pages under it may change it; may be repeated",
             add_host)
    ->expected(1)
    ->take_all();
}

void add_http(CLI::App& app, config& settings) {
  auto& http = settings.http;
  auto& api = settings.api;
  const auto set_prefix = [&api](const std::string& prefix) {
    if (!prefix.starts_with('/') || prefix.ends_with('/'))
      throw std::invalid_argument{"'" + prefix +
                                  "' is not a path that starts with a slash and ends without one, "
                                  "such as /registry"};
    api.prefix = prefix;
  };
  add_value(app, "--prefix", "PATH", "in front of every path, such as /registry", set_prefix);
  app.add_flag("--absolute-locations", api.absolute_locations,
               "send scheme and host in Location and Link");
  add_header(app, http);
  add_origins(app, api);
  add_count(app, "--page-default", api.pages.default_limit, "entries of a list without n",
            page_bounds);
  add_count(app, "--page-max", api.pages.max_limit, "entries of a list at most", page_bounds);
  app.add_flag("--page-strict", api.pages.refuse_excess, "refuse an n above the maximum");
  add_size(app, "--max-in-flight", api.max_in_flight,
           "bytes of uploads, manifests and answers on their way", {1024 * 1024, any_size.most});
  add_count(app, "--max-connections", http.max_connections,
            "connections at once; a further one takes the place of one that is idle",
            {1, 10'000'000});
}

void add_timeouts(CLI::App& app, http::options& http) {
  add_duration(app, "--head-timeout", http.head_timeout, "for the head of a request");
  add_duration(app, "--idle-timeout", http.idle_timeout, "between two requests");
  add_duration(app, "--body-timeout", http.body_timeout,
               "span of the minimum rate of a body, if connections are short");
  add_duration(app, "--stall-timeout", http.stall_timeout,
               "the same if they are not (default: 15m)");
  add_size(app, "--min-body-rate", http.min_body_rate, "bytes per second");
  add_duration(app, "--send-timeout", http.send_timeout, "for a client that takes nothing");
  add_duration(app, "--drain-timeout", http.drain_timeout, "for requests to finish at the end");
}

void add_serve(CLI::App& app, config& settings) {
  add_general(app, settings);
  add_policy(app, settings);
  add_collection(app, settings);
  add_http(app, settings);
  add_timeouts(app, settings.http);
}

/// CLI11 takes an empty variable for an absent one: to a script that means to set it, that is a
/// mistake.
void refuse_empty_environment(const CLI::App& app) {
  for (const auto* option : app.get_options()) {
    const auto variable = option->get_envname();
    const auto* value = variable.empty() ? nullptr : std::getenv(variable.c_str());
    if (value && *value == '\0' && option->count() == 0)
      throw CLI::ValidationError{variable + " is empty: unset it, or set it to " +
                                 needed_value(*option)};
  }
}

void check_pages(const CLI::App& server, page_limits& pages) {
  if (server.count("--page-default") == 0)
    pages.default_limit = std::min(pages.default_limit, pages.max_limit);
  const auto most = std::to_string(pages.max_limit);
  if (pages.default_limit > pages.max_limit)
    throw CLI::ValidationError{"--page-default", "'" + std::to_string(pages.default_limit) +
                                                   "' is more than --page-max: at most " + most +
                                                   ", such as " + most};
}

/// What was asked for and does nothing: a line each.
std::vector<std::string> warnings(const CLI::App& server, const config& settings) {
  std::vector<std::string> lines;
  if (settings.data.empty())
    for (const auto* option : durable_only)
      if (server.count(option) > 0)
        lines.push_back(std::string{option} + " has no effect without --data DIR");
  return lines;
}

/// What a durable registry does unless it is told otherwise.
void finish(const CLI::App& server, config& settings) {
  refuse_empty_environment(server);
  check_pages(server, settings.api.pages);
  if (settings.data.empty())
    return;
  settings.api.allow_reset = server.count("--allow-reset") > 0;
  if (server.count("--cors-origin") == 0)
    settings.api.cors_origins.clear();
  if (server.count("--references") == 0 && server.count("--lenient") == 0)
    settings.actors.validation = validation_policy::durable();
}

void add_gc(CLI::App& app, gc_command& gc) {
  add_data(app, gc.folder, gc.wait_for_lock.at_most, "the folder of the registry");
  app.add_flag("--dry-run", gc.policy.dry_run, "count, and change nothing");
  app.add_flag("--delete-untagged", gc.policy.delete_untagged,
               "manifests without a tag, an index or a subject of their own go, too");
  app.add_flag("--ignore-leases", gc.policy.ignore_leases,
               "also what the last pushes still hold, for they are over for good");
  add_duration(app, "--grace", gc.policy.grace,
               "what nobody needs goes after this long (default: 1h)", zero);
  add_duration(app, "--upload-expiry", gc.policy.upload_expiry,
               "uploads that nobody touched for this long go (default: 1d)");
}

void add_verify(CLI::App& app, verify_command& verify) {
  add_data(app, verify.folder, verify.options.wait_for_lock.at_most, "the folder of the registry");
  app.add_flag("--deep", verify.options.deep, "read every byte and compare digests");
  app.add_flag("--repair", verify.options.repair,
               "put damaged blobs into quarantine, so that a push heals them, and remove rows "
               "that lead nowhere");
}

/// The one that was parsed, of those that hand their work to other layers.
command chosen(const CLI::App& parsed, transfer_commands transfer, bench_command bench) {
  if (parsed.get_name() == "import")
    return std::move(transfer.importing);
  if (parsed.get_name() == "export")
    return std::move(transfer.exporting);
  return chosen_bench(parsed.get_name(), std::move(bench));
}

/// The arguments in CLI11's order, which is from the last to the first. `help COMMAND` is what
/// `COMMAND --help` is. An empty value behind an equals sign stays one: CLI11 would take the next
/// argument instead.
std::vector<std::string> arguments_of(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string text{argv[i]};
    const bool has_no_value = text.starts_with("--") && text.ends_with('=');
    arguments.push_back(has_no_value ? text.substr(0, text.size() - 1) : text);
    if (has_no_value)
      arguments.emplace_back();
  }
  if (!arguments.empty() && arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  std::ranges::reverse(arguments);
  return arguments;
}

message_command mistake(const std::string& line) {
  return {"gantry: " + line.substr(0, line.find('\n')) + "\n", 2};
}

} // namespace

command parse_command_line(int argc, const char* const* argv) {
  CLI::App app{"A container registry: docker, podman, skopeo, containerd and oras push to it and "
               "pull from it.",
               "gantry"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "gantry " GANTRY_VERSION, "print the version");
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
  app.add_subcommand("help", "say how a command is used");
  const auto* version = app.add_subcommand("version", "print the version");
  try {
    app.parse(arguments_of(argc, argv));
    if (server->parsed())
      finish(*server, serve.settings);
  } catch (const CLI::CallForHelp&) {
    const auto unknown = explain_unknown_command(app);
    return unknown.empty() ? message_command{app.help(), 0} : mistake(unknown);
  } catch (const CLI::CallForVersion& answer) {
    return message_command{std::string{answer.what()} + "\n", 0};
  } catch (const CLI::ParseError& wrong) {
    return mistake(explain(app, wrong));
  }
  if (version->parsed())
    return message_command{"gantry " GANTRY_VERSION "\n", 0};
  if (collecting->parsed())
    return gc;
  if (verifying->parsed())
    return verify;
  if (!server->parsed())
    return chosen(innermost(app), std::move(transfer), std::move(bench));
  serve.warnings = warnings(*server, serve.settings);
  return serve;
}

} // namespace gantry::app
