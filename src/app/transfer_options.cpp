#include "app/transfer_options.hpp"

#include "app/option_kinds.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gantry::app {

namespace {

/// What a parser refuses is a mistake of the person who typed it.
template <class Parse>
auto typed(const std::string& option, Parse parse) {
  try {
    return parse();
  } catch (const std::invalid_argument& wrong) {
    throw CLI::ValidationError{option, wrong.what()};
  }
}

transfer::image_name parse_image(const std::string& text) {
  auto name = transfer::image_name::parse(text);
  if (!name)
    throw CLI::ValidationError{"NAME", "'" + text + "' is not of the form repository[:tag]"};
  return std::move(*name);
}

void check(const import_command& importing) {
  if (importing.as && std::holds_alternative<distribution_place>(importing.source))
    throw CLI::ValidationError{"name", "a registry's images keep their names"};
}

void check(const export_command& exporting) {
  if (!exporting.selection.name.empty() && exporting.selection.images.size() != 1)
    throw CLI::ValidationError{"destination",
                               "oci:DIR:NAME names one image: say which, or leave NAME away"};
}

void add_import(CLI::App& app, import_command& importing) {
  add_data(app, importing.folder, "the folder of the registry; made where there is none");
  const auto set_source = [&importing](const std::string& text) {
    importing.source = typed("source", [&] { return parse_source(text); });
  };
  app
    .add_option_function<std::string>(
      "source", set_source,
      "oci:DIR[:NAME] (an image layout), docker-archive:FILE (docker save) or registry:DIR (the "
      "rootdirectory of docker-registry)")
    ->required()
    ->type_name("SOURCE");
  app
    .add_option_function<std::string>(
      "name", [&importing](const std::string& text) { importing.as = parse_image(text); },
      "what the one image is called here (default: as it is called there)")
    ->type_name("NAME[:TAG]");
  app.final_callback([&importing] { check(importing); });
}

void add_export(CLI::App& app, export_command& exporting) {
  add_data(app, exporting.folder, "the folder of the registry");
  const auto set_destination = [&exporting](const std::string& text) {
    auto place = typed("destination", [&] { return parse_destination(text); });
    exporting.layout = std::move(place.folder);
    exporting.selection.name = std::move(place.name);
  };
  app
    .add_option_function<std::string>(
      "destination", set_destination,
      "oci:DIR[:NAME], made where there is none; NAME is what one image is called there (default: "
      "repository:tag)")
    ->required()
    ->type_name("DESTINATION");
  const auto set_images = [&exporting](const std::vector<std::string>& texts) {
    for (const auto& text : texts)
      exporting.selection.images.push_back(parse_image(text));
  };
  app
    .add_option_function<std::vector<std::string>>("images", set_images,
                                                   "what to copy (default: every tag)")
    ->type_name("NAME[:TAG]");
  app.final_callback([&exporting] { check(exporting); });
}

} // namespace

void add_transfer(CLI::App& app, transfer_commands& transfer) {
  add_command(app, "import",
              "copy images that other programs wrote into the folder of a stopped registry",
              add_import, transfer.importing);
  add_command(app, "export", "copy images of a stopped registry into an OCI image layout",
              add_export, transfer.exporting);
}

} // namespace gantry::app
