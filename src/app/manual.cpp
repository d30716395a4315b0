#include "app/manual.hpp"

#include "config/table.hpp"

#include <algorithm>
#include <string_view>

namespace gantry::app {

namespace {

constexpr std::string_view manual_head =
  R"(.TH GANTRY 1 "" "gantry )" GANTRY_VERSION R"(" "User Commands"
.nh
.ad l
.SH NAME
gantry \- container registry in memory or in a folder
)";

constexpr std::string_view description = R"(.SH DESCRIPTION
.B gantry serve
runs a container registry: docker, podman, buildah, skopeo, containerd and oras push images to it and
pull them from it. It speaks the OCI distribution protocol and the Docker Registry HTTP API V2.
.PP
By default everything is kept in memory, and one image,
.BR library/hello\-world ,
is there from the start. With
.B \-\-data
everything is kept in a folder, and acknowledged content survives a crash.
.PP
By default everybody may do everything, without TLS, so it listens on 127.0.0.1 only.
.B \-\-htpasswd
asks for passwords.
)";

constexpr std::string_view units = R"(.SH UNITS
A size is a whole number with a unit (512MiB, 2GB); 1 KB is 1024 bytes. A duration has a unit as well
(500ms, 30s, 10m, 1h, 7d); without one it is in seconds and may have a fraction.
)";

constexpr std::string_view manual_tail = R"(.SH ENVIRONMENT
Each option of
.B gantry serve
has a variable, which is named with it. The option overrides the variable. A variable for a switch is
true or false; one for a list has its items separated by commas, or by lines for headers. A variable of
docker's registry that has no meaning here gets a warning.
.PP
Traces are sent to the OpenTelemetry collector that OTEL_EXPORTER_OTLP_ENDPOINT names; further variables that
begin with OTEL_ say which traces, and how.
.SH EXIT STATUS
.TP
.B 0
The work is done; the server has stopped.
.TP
.B 1
It failed, or the server cannot start.
.TP
.B 2
The command line is wrong. A line on the standard error stream says why.
.SH SIGNALS
SIGTERM and SIGINT stop the server: requests in progress may finish, within the time of
.BR \-\-drain\-timeout .
.SH EXAMPLES
.TP
.B gantry serve
A registry in memory. It prints where it listens, and stops on Ctrl\-C.
.TP
.B gantry serve \-\-addr :5000 \-\-data /srv/registry
A registry that keeps its content, for all who reach the machine.
.TP
.B skopeo copy \-\-dest\-tls\-verify=false docker\-archive:app.tar docker://127.0.0.1:4775/team/app:1
Push an image.
.SH SEE ALSO
.BR docker (1),
.BR podman (1),
.BR skopeo (1)
)";

/// For the inside of a line: no request at its begin, and dashes that can be copied.
std::string escape(std::string_view text) {
  std::string escaped;
  if (text.starts_with('.') || text.starts_with('\''))
    escaped = "\\&";
  for (const char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else
      escaped += c;
  }
  return escaped;
}

std::string bold(std::string_view text) {
  return "\\fB" + escape(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + escape(text) + "\\fR";
}

/// A placeholder; a choice that is longer than a line may be broken behind each comma.
std::string placeholder(std::string_view type) {
  constexpr std::size_t short_enough = 60;
  auto text = italic(type);
  if (type.size() > short_enough)
    for (auto at = text.find(','); at != std::string::npos; at = text.find(',', at + 1))
      text.insert(at + 1, "\\:");
  return text;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  return text;
}

/// A tagged paragraph: a line that names a thing, and its meaning indented below.
std::string paragraph(const std::string& tag, const std::string& meaning) {
  return ".TP\n" + tag + "\n" + meaning + "\n";
}

bool is_for_help(const described_option& option) {
  return option.name == "--help";
}

std::string argument_in_usage(const described_option& argument) {
  auto text = italic(argument.placeholder);
  if (!argument.is_required)
    text = "[" + text + "]";
  return " " + text + (argument.may_be_repeated ? "..." : "");
}

std::string usage_of(const described_command& command) {
  auto text = ".HP\n" + bold("gantry " + command.path);
  if (!command.commands.empty())
    text += " " + italic("COMMAND") + " ...";
  else if (!std::ranges::all_of(command.options, is_for_help))
    text += " [" + italic("OPTION") + "]...";
  for (const auto& option : command.options)
    if (option.name.empty())
      text += argument_in_usage(option);
  return text + "\n";
}

bool takes_settings(const described_command& command) {
  return command.path == "serve" || command.path == "config show";
}

std::string serve_options() {
  std::string text;
  for (const auto section : config::groups) {
    text += ".SS " + escape(config::title_of(section)) + "\n";
    for (const auto* row : config::rows_of(section)) {
      const auto type = config::type_of(*row);
      text += paragraph(bold(row->flag) + (type.empty() ? "" : " " + placeholder(type)),
                        escape(row->help) + ".\nDefault: " + escape(config::default_of(*row)) +
                          ".\nKey: " + bold(row->key) +
                          ".\nVariable: " + bold(config::variable_of(*row)) + ".");
    }
  }
  return text;
}

/// Without the options of `gantry serve`, which the table of settings describes better.
std::vector<described_option> own_options(const described_command& command) {
  auto own = command.options;
  std::erase_if(own, [&](const described_option& option) {
    return is_for_help(option) || (takes_settings(command) && !option.name.empty());
  });
  return own;
}

std::string options_text(const described_command& command) {
  std::string text;
  for (const auto& option : own_options(command)) {
    auto tag = option.name.empty() ? italic(option.placeholder) : bold(option.name);
    if (!option.type.empty() && option.type != option.placeholder)
      tag += " " + italic(option.type);
    auto meaning = escape(option.help) + ".";
    if (!option.fallback.empty())
      meaning += "\nDefault: " + escape(option.fallback) + ".";
    text += paragraph(tag, meaning);
  }
  if (command.path == "serve")
    text += serve_options();
  else if (takes_settings(command))
    text += ".PP\nIt also takes the options of\n.BR \"gantry serve\" .\n";
  return text;
}

} // namespace

std::string manual_page(const std::vector<described_command>& commands) {
  std::string synopsis = ".SH SYNOPSIS\n";
  std::string list = ".SH COMMANDS\n";
  std::string options;
  for (const auto& command : commands) {
    if (command.path.empty())
      continue;
    synopsis += usage_of(command);
    list += paragraph(bold(command.path), escape(command.help) + ".");
    if (const auto own = options_text(command); !own.empty())
      options += ".SH OPTIONS OF " + escape(upper(command.path)) + "\n" + own;
  }
  std::string page{manual_head};
  page += synopsis;
  page += description;
  page += list;
  page += options;
  page += units;
  page += manual_tail;
  return page;
}

} // namespace gantry::app
