#include "app/remote_options.hpp"

#include "app/option_kinds.hpp"

namespace gantry::app {

void add_remote(CLI::App& app, remote_options& parsed, bool& json) {
  add_text(app, "--url", parsed.url, "URL", "the registry: http[s]://HOST[:PORT]")
    ->default_str(parsed.url);
  add_access(app, parsed);
  add_flag(app, "--json", "print JSON, also on a terminal", json);
}

void add_access(CLI::App& app, remote_options& parsed) {
  add_text(app, "--user", parsed.user, "NAME:PASSWORD",
           "a user of the registry, instead of the one that docker's configuration holds");
  auto* authorities = add_text(app, "--ca", parsed.tls.authorities, "FILE",
                               "certificates (PEM) to trust for https, instead of the system's");
  add_switch(app, "--insecure", "accept any certificate", [&parsed](bool on) {
    parsed.tls.verify = !on;
  })->excludes(authorities);
}

} // namespace gantry::app
