#include "app/certificate_options.hpp"

#include "app/option_kinds.hpp"

#include <string>

namespace gantry::app {

namespace {

void fill_dev(CLI::App& app, dev_certificate_command& parsed) {
  add_text(app, "folder", parsed.folder, "DIR", "where to keep them; created if absent")
    ->default_str(parsed.folder.string());
  add_values(
    app, "--host", "HOST",
    "a further name or IP address of the server, besides localhost and the loopback "
    "addresses; may be repeated",
    [&parsed](const std::string& text) { parsed.hosts.push_back(read_certified_host(text)); });
  add_values(
    app, "--client", "USER",
    "also make the certificate USER.crt and USER.key of a client; may be repeated",
    [&parsed](const std::string& text) { parsed.clients.push_back(read_certified_user(text)); });
  add_values(app, "--organisation", "TEXT",
             "a group of these clients, for rules of a policy; may be repeated",
             [&parsed](const std::string& text) {
               parsed.organisations.push_back(read_organisation(text));
             });
  app.footer("An authority that the folder holds is used again, so that clients keep trusting it; "
             "the certificates are renewed.");
}

void fill_actions(CLI::App& app, dev_certificate_command& parsed) {
  app.require_subcommand(1);
  add_command(app, "dev", "make an authority and certificates for development", fill_dev, parsed);
}

} // namespace

void add_certificates(CLI::App& app, dev_certificate_command& parsed) {
  add_command(app, "cert", "make certificates for serve --tls-cert", fill_actions, parsed);
}

} // namespace gantry::app
