#include "app/option_kinds.hpp"

#include "config/texts.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

namespace gantry::app {

namespace {

/// `--data $UNSET --addr :5000` must not create a folder named `--addr`.
bool is_an_option(std::string_view text) {
  return text.size() > 2 && text.starts_with("--");
}

/// Reads one value of the option `name`; error messages begin with that name.
void read_value(const CLI::App& app, const std::string& name, const std::string& text,
                const value_reader& read) {
  const auto& option = *app.get_option(name);
  const auto given = given_name(option);
  if (is_an_option(text))
    throw CLI::ValidationError{given + " needs " + needed_value(option) + ": it is followed by '" +
                               text + "'"};
  try {
    read(text);
  } catch (const std::invalid_argument& wrong) {
    throw CLI::ValidationError{given, wrong.what()};
  }
}

void refuse_empty(const CLI::App& app, const std::string& name, const std::string& text) {
  if (!text.empty())
    return;
  const auto& option = *app.get_option(name);
  throw CLI::ValidationError{given_name(option) + " is empty: it needs " + needed_value(option)};
}

} // namespace

std::string needed_value(const CLI::Option& option) {
  const auto type = option.get_type_name();
  if (type.starts_with('{'))
    return "one of " + type.substr(1, type.size() - 2);
  return std::string{config::needed_for(type)};
}

std::string given_name(const CLI::Option& option) {
  const auto type = option.get_type_name();
  return option.nonpositional() || type.starts_with('{') ? option.get_name() : type;
}

CLI::Option* add_value(CLI::App& app, const std::string& name, const std::string& type,
                       const std::string& description, value_reader read) {
  const auto take = [&app, name, read = std::move(read)](const std::string& text) {
    refuse_empty(app, name, text);
    read_value(app, name, text, read);
  };
  return app.add_option_function<std::string>(name, take, description)->type_name(type);
}

CLI::Option* add_values(CLI::App& app, const std::string& name, const std::string& type,
                        const std::string& description, value_reader read, bool may_be_empty) {
  const auto take = [&app, name, read = std::move(read),
                     may_be_empty](const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      if (!may_be_empty)
        refuse_empty(app, name, text);
      read_value(app, name, text, read);
    }
  };
  return app.add_option_function<std::vector<std::string>>(name, take, description)
    ->type_name(type);
}

CLI::Option* add_switch(CLI::App& app, const std::string& name, const std::string& description,
                        std::function<void(bool on)> take) {
  const auto read = [take = std::move(take)](const std::string& text) {
    bool on = false;
    if (!CLI::detail::lexical_cast(text, on))
      throw CLI::ValidationError{"'" + text +
                                 "' is neither true nor false: omit the value to turn this "
                                 "on"};
    take(on);
  };
  return app.add_flag(name, description)->each(read);
}

CLI::Option* add_flag(CLI::App& app, const std::string& name, const std::string& description,
                      bool& target) {
  return add_switch(app, name, description, [&target](bool on) { target = on; });
}

CLI::Option* add_wait_for_lock(CLI::App& app, std::chrono::milliseconds& target) {
  return add_duration(app, "--wait-for-lock", target,
                      "wait this long for another process that has the folder open",
                      std::chrono::milliseconds{0});
}

void add_data(CLI::App& app, std::filesystem::path& folder, std::chrono::milliseconds& wait,
              const std::string& description) {
  add_text(app, "--data", folder, "DIR", description)->required();
  add_wait_for_lock(app, wait);
}

} // namespace gantry::app
