#include "app/transfer_options.hpp"

#include "app/option_kinds.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gantry::app {

namespace {

transfer::image_name parse_image(const std::string& text) {
  auto name = transfer::image_name::parse(text);
  if (!name)
    throw std::invalid_argument{"'" + text +
                                "' is not of the form repository[:tag], such as "
                                "team/app:1.0"};
  return std::move(*name);
}

void check(const import_command& importing) {
  if (importing.as && std::holds_alternative<distribution_place>(importing.source))
    throw CLI::ValidationError{"NAME", "images of a registry keep their names"};
  if (importing.link && !std::holds_alternative<distribution_place>(importing.source))
    throw CLI::ValidationError{"--link", "only the files of registry:DIR can be linked"};
}

void check(const export_command& exporting) {
  if (!exporting.selection.name.empty() && exporting.selection.images.size() != 1)
    throw CLI::ValidationError{"DESTINATION",
                               "oci:DIR:NAME names one image: name the image, or omit NAME"};
}

void add_import(CLI::App& app, import_command& importing) {
  add_data(app, importing.folder, importing.wait_for_lock.at_most,
           "the folder of the registry; created if absent");
  add_value(app, "source", "SOURCE",
            "oci:DIR[:NAME] (an image layout), docker-archive:FILE (docker save) or registry:DIR "
            "(the rootdirectory of docker-registry)",
            [&importing](const std::string& text) { importing.source = parse_source(text); })
    ->required();
  add_value(app, "name", "NAME[:TAG]", "the new name of a single image",
            [&importing](const std::string& text) { importing.as = parse_image(text); })
    ->default_str("its name in the source");
  auto* link =
    add_switch(app, "--link", "give the files of registry:DIR second names instead of copying them",
               [&importing](bool on) { importing.link = on; });
  add_switch(app, "--verify", "with --link: read every file and compare digests",
             [&importing](bool on) { importing.verify = on; })
    ->needs(link);
  app.final_callback([&importing] { check(importing); });
}

void add_export(CLI::App& app, export_command& exporting) {
  add_data(app, exporting.folder, exporting.wait_for_lock.at_most, "the folder of the registry");
  const auto set_destination = [&exporting](const std::string& text) {
    auto place = parse_destination(text);
    exporting.layout = std::move(place.folder);
    exporting.selection.name = std::move(place.name);
  };
  add_value(app, "destination", "DESTINATION",
            "oci:DIR[:NAME], created if absent; NAME is the name of a single image there, "
            "by default repository:tag",
            set_destination)
    ->required();
  add_values(app, "images", "NAME[:TAG]", "the images to copy",
             [&exporting](const std::string& text) {
               exporting.selection.images.push_back(parse_image(text));
             })
    ->default_str("every tag");
  app.final_callback([&exporting] { check(exporting); });
}

} // namespace

void add_transfer(CLI::App& app, transfer_commands& transfer) {
  add_command(app, "import", "copy images of other programs into the folder of a stopped registry",
              add_import, transfer.importing);
  add_command(app, "export", "copy images of a stopped registry into an OCI image layout",
              add_export, transfer.exporting);
}

} // namespace gantry::app
