#include "app/serve.hpp"

#include "app/heap_trimmer.hpp"
#include "app/lifetime.hpp"
#include "app/limits.hpp"
#include "app/registry.hpp"
#include "app/service_manager.hpp"
#include "client/document.hpp"
#include "config/changes.hpp"
#include "config/endpoints.hpp"
#include "config/quotas.hpp"
#include "retention/reader.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gantry::app {

namespace {

void say(const std::string& line) {
  std::fprintf(stderr, "gantry: %s\n", line.c_str());
}

void warn(const std::vector<std::string>& lines) {
  for (const auto& line : lines)
    say("warning: " + line);
}

auth::fetched_text fetch(const std::string& url, const std::string& authorities) {
  auto found = client::fetch_document(url, {.tls = {.authorities = authorities}});
  return {std::move(found.text), std::move(found.why)};
}

/// Null if the process has to stop while another process has the folder.
std::unique_ptr<registry> open(registry_options settings, const lifetime& life) {
  settings.stop_asked = [&life] { return life.is_over(); };
  settings.fetch = fetch;
  try {
    return std::make_unique<registry>(std::move(settings));
  } catch (const std::runtime_error&) {
    if (life.is_over())
      return nullptr;
    throw;
  }
}

/// `http.headers, storage.delete.enabled`.
std::string keys_of(const std::vector<const config::row*>& rows) {
  std::string keys;
  for (const auto* row : rows)
    keys.append(keys.empty() ? "" : ", ").append(row->key);
  return keys.empty() ? "no setting has changed" : keys;
}

void warn_of_restart(std::string_view key) {
  say("warning: " + std::string{key} + " has changed, which takes effect after a restart");
}

/// Brings what can change while serving in line with files and environment, all or nothing.
void reload(registry& server, serve_command& running, const std::function<command()>& again) {
  auto parsed = again();
  auto* next = std::get_if<serve_command>(&parsed);
  if (!next) {
    auto reason = std::get<message_command>(parsed).text;
    reason.erase(reason.find_last_not_of('\n') + 1);
    std::fprintf(stderr, "%s\n", reason.c_str());
    return say("not reloaded: the settings stay as they were");
  }
  const auto changed = config::compare(*running.settings, *next->settings);
  warn(next->warnings);
  for (const auto* row : changed.fixed)
    warn_of_restart(row->key);
  if (changed.endpoints)
    warn_of_restart(config::endpoints_key);
  if (changed.rules)
    warn_of_restart(retention::rules_key);
  if (changed.quotas)
    warn_of_restart(config::quotas_key);
  server.apply(options_of(*next->settings));
  if (!server.reload_certificates())
    say("the certificates stay as they were");
  if (!server.reload_policy())
    say("the policy stays as it was");
  say("reloaded: " + keys_of(changed.reloadable));
  running = std::move(*next);
}

/// Serves until the process has to stop, or has been idle for `idle_exit` if that is not zero.
class attendant {
public:
  attendant(registry& server, lifetime& life, serve_command running,
            const std::function<command()>& again)
    : server_{server}, life_{life}, running_{std::move(running)}, again_{again} {}

  void wait_for_end() {
    auto look = clock::now() + heap_.interval;
    for (;;) {
      const auto happened = life_.wait(pause_until(look));
      if (happened == event::end)
        return;
      if (happened == event::reload)
        reload(server_, running_, again_);
      if (happened == event::reopen)
        server_.reopen_logs();
      if (happened == event::protect)
        say(server_.toggle_read_only() ? "read-only: pushes and deletes are refused"
                                       : "pushes and deletes are accepted again");
      if (idle_exit().count() > 0 && server_.idle_for() >= idle_exit())
        return;
      if (clock::now() < look)
        continue;
      heap_.look();
      look = clock::now() + heap_.interval;
    }
  }

private:
  using clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;

  milliseconds idle_exit() const { return running_.settings->idle_exit; }

  milliseconds pause_until(clock::time_point look) const {
    auto pause = std::chrono::ceil<milliseconds>(look - clock::now());
    if (idle_exit().count() > 0)
      pause = std::min(pause, idle_exit() - server_.idle_for());
    return std::max(pause, milliseconds{0});
  }

  registry& server_;
  lifetime& life_;
  serve_command running_;
  const std::function<command()>& again_;
  heap_trimmer heap_;
};

/// Whether there is something to read again.
bool reads_files(const serve_command& serving) {
  const auto& settings = *serving.settings;
  return !serving.file.empty() || !settings.htpasswd.empty() || !settings.policy_file.empty() ||
         !settings.tls_certificate.empty();
}

} // namespace

int run(serve_command serving, const std::function<command()>& again) {
  warn(serving.warnings);
  lifetime life{{.parent = serving.settings->parent_pid,
                 .reloads = reads_files(serving),
                 .file = serving.file}};
  raise_descriptor_limit();
  auto options = options_of(*serving.settings);
  options.sockets = inherited_sockets();
  options.traces = serving.traces;
  const auto server = open(std::move(options), life);
  if (!server)
    return 0;
  server->start();
  for (const auto& address : server->addresses())
    std::fprintf(stderr, "listening on %s\n", address.c_str());
  if (const auto debug = server->debug_address(); !debug.empty())
    std::fprintf(stderr, "metrics and health on %s\n", debug.c_str());
  notify("READY=1");
  attendant{*server, life, std::move(serving), again}.wait_for_end();
  notify("STOPPING=1");
  server->stop();
  return 0;
}

} // namespace gantry::app
