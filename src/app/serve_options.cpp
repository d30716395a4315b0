#include "app/serve_options.hpp"

#include "app/option_kinds.hpp"
#include "config/table.hpp"

#include <string>

namespace gantry::app {

namespace {

constexpr auto typed = config::source::command_line;

CLI::Option* add_toggle(CLI::App& app, const config::row& row, config::draft& draft) {
  return add_switch(app, std::string{row.flag}, std::string{row.help}, [&draft, &row](bool given) {
    const auto means_true = row.holds.flag_says == "true";
    draft.set(row, given == means_true ? "true" : "false", typed);
  });
}

CLI::Option* add_list(CLI::App& app, const config::row& row, config::draft& draft) {
  const auto take = [&draft, &row](const std::string& text) { draft.set(row, text, typed); };
  auto* option = add_values(app, std::string{row.flag}, config::type_of(row), std::string{row.help},
                            take, row.holds.may_be_empty);
  return option->expected(1)->take_all();
}

CLI::Option* add_row(CLI::App& app, const config::row& row, config::draft& draft) {
  if (row.holds.is_switch())
    return add_toggle(app, row, draft);
  if (row.holds.is_list())
    return add_list(app, row, draft);
  const auto take = [&draft, &row](const std::string& text) { draft.set(row, text, typed); };
  return add_value(app, std::string{row.flag}, config::type_of(row), std::string{row.help}, take);
}

} // namespace

void add_serve(CLI::App& app, serve_arguments& arguments) {
  add_text(app, "config", arguments.file, "FILE",
           "a configuration file (YAML); options and variables override what it says");
  auto& draft = arguments.draft;
  for (const auto section : config::groups)
    for (const auto* row : config::rows_of(section))
      add_row(app, *row, draft)
        ->default_str(config::default_of(*row))
        ->group(std::string{config::title_of(section)});
  app.footer("Each option is also a variable: REGISTRY_HTTP_ADDR for --addr. docs/configuration.md "
             "lists them.");
}

} // namespace gantry::app
