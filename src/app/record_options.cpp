#include "app/record_options.hpp"

#include "app/listen_address.hpp"
#include "app/option_kinds.hpp"
#include "recorder/proxy.hpp"

#include <stdexcept>
#include <string>

namespace gantry::app {

namespace {

void add_upstream(CLI::App& app, record_command& parsed) {
  const auto set_url = [&parsed](const std::string& text) {
    if (!recorder::is_upstream(text))
      throw std::invalid_argument{"'" + text +
                                  "' is not of the form http[s]://HOST:PORT, without a path, such "
                                  "as http://127.0.0.1:5000"};
    parsed.upstream = text;
  };
  add_value(app, "--upstream", "URL", "the registry to forward to", set_url)->required();
  auto* authorities = add_text(app, "--ca", parsed.tls.authorities, "FILE",
                               "certificates (PEM) to trust for https, instead of the system's");
  add_switch(app, "--insecure", "accept any certificate", [&parsed](bool on) {
    parsed.tls.verify = !on;
  })->excludes(authorities);
}

void fill_record(CLI::App& app, record_command& parsed) {
  add_upstream(app, parsed);
  add_text(app, "--to", parsed.file, "FILE", "the archive (HAR), written when the proxy stops")
    ->required();
  const auto set_address = [&parsed](const std::string& text) {
    parse_listen_address(text);
    parsed.address = text;
  };
  add_value(app, "--addr", "HOST:PORT", "where to listen; port 0 chooses a free one", set_address)
    ->default_str(parsed.address);
}

} // namespace

void add_record(CLI::App& app, record_command& parsed) {
  add_command(app, "record", "forward to a registry, and record a session for serve --replay",
              fill_record, parsed);
}

} // namespace gantry::app
