#include "app/option_kinds.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

namespace gantry::app {

namespace {

struct value_type {
  std::string_view name;
  std::string_view needed;
};

constexpr value_type value_types[] = {
  {"A.json", "a file that --output wrote"},
  {"B.json", "a file that --output wrote"},
  {"DESTINATION", "oci:DIR[:NAME], such as oci:backup"},
  {"DIR", "a folder, such as /var/lib/registry"},
  {"DURATION", "a duration, such as 30s or 1h"},
  {"FILE", "the name of a file"},
  {"GLOB", "a pattern, such as 'v*'"},
  {"HOST", "the name of a host, such as registry.example"},
  {"HOST:PORT", "an address, such as 127.0.0.1:4775"},
  {"N", "a whole number"},
  {"NAME", "a name, such as 'Pull 1MB'"},
  {"'NAME: VALUE'", "a field, such as 'X-Content-Type-Options: nosniff'"},
  {"NAME[:PASSWORD]", "a name, such as ci"},
  {"NAME[:TAG]", "a name, such as team/app:1.0"},
  {"ORIGIN", "an origin, such as https://example.com"},
  {"PATH", "a path, such as /registry"},
  {"RATE", "a number, such as 100"},
  {"SIZE", "a size, such as 512MiB"},
  {"SIZES", "a size, such as 1MiB or 1KiB..1MiB"},
  {"SOURCE", "oci:DIR[:NAME], docker-archive:FILE or registry:DIR"},
  {"URL", "a URL, such as http://127.0.0.1:4775"},
  {"WEIGHTS", "weights, such as push=1,pull=8"},
  {"WHAT", "true, false or the folder of an OCI image layout"},
};

/// `--data $UNSET --addr :5000` must not make a folder that is called `--addr`.
bool is_an_option(std::string_view text) {
  return text.size() > 2 && text.starts_with("--");
}

/// Reads one value of the option `name`; what is wrong with it is said behind that name.
void read_value(const CLI::App& app, const std::string& name, const std::string& text,
                const value_reader& read) {
  const auto& option = *app.get_option(name);
  const auto given = given_name(app, option);
  if (text.empty())
    throw CLI::ValidationError{given + " is empty: it needs " + needed_value(option)};
  if (is_an_option(text))
    throw CLI::ValidationError{given + " needs " + needed_value(option) + ": behind it stands '" +
                               text + "'"};
  try {
    read(text);
  } catch (const std::invalid_argument& wrong) {
    throw CLI::ValidationError{given, wrong.what()};
  }
}

} // namespace

std::string needed_value(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto* known = std::ranges::find(value_types, type, &value_type::name);
  if (known != std::end(value_types))
    return std::string{known->needed};
  return type.starts_with('{') ? "one of " + type.substr(1, type.size() - 2) : "a value: " + type;
}

std::string given_name(const CLI::App& app, const CLI::Option& option) {
  if (!option.nonpositional())
    return option.get_type_name();
  const auto& typed = app.parse_order();
  const bool is_typed = std::ranges::find(typed, &option) != typed.end();
  return is_typed || option.get_envname().empty() ? option.get_name() : option.get_envname();
}

CLI::Option* add_value(CLI::App& app, const std::string& name, const std::string& type,
                       const std::string& description, value_reader read) {
  const auto take = [&app, name, read = std::move(read)](const std::string& text) {
    read_value(app, name, text, read);
  };
  return app.add_option_function<std::string>(name, take, description)->type_name(type);
}

CLI::Option* add_values(CLI::App& app, const std::string& name, const std::string& type,
                        const std::string& description, value_reader read) {
  const auto take = [&app, name, read = std::move(read)](const std::vector<std::string>& texts) {
    for (const auto& text : texts)
      read_value(app, name, text, read);
  };
  return app.add_option_function<std::vector<std::string>>(name, take, description)
    ->type_name(type);
}

CLI::Option* add_wait_for_lock(CLI::App& app, std::chrono::milliseconds& target) {
  return add_duration(app, "--wait-for-lock", target,
                      "wait this long for another process that has the folder open (default: 0)",
                      std::chrono::milliseconds{0});
}

void add_data(CLI::App& app, std::filesystem::path& folder, std::chrono::milliseconds& wait,
              const std::string& description) {
  add_text(app, "--data", folder, "DIR", description)->required();
  add_wait_for_lock(app, wait);
}

} // namespace gantry::app
