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
  const bool is_registry = std::holds_alternative<registry_place>(importing.source);
  if (importing.as && (is_registry || std::holds_alternative<distribution_place>(importing.source)))
    throw CLI::ValidationError{"NAME", "images of a registry keep their names"};
  if (importing.link && !std::holds_alternative<distribution_place>(importing.source))
    throw CLI::ValidationError{"--link", "only the files of registry:DIR can be linked"};
}

void check(const export_command& exporting) {
  if (!exporting.selection.name.empty() && exporting.selection.images.size() != 1)
    throw CLI::ValidationError{"DESTINATION",
                               "oci:DIR:NAME names one image: name the image, or omit NAME"};
}

/// How to reach a registry.
void add_registry(CLI::App& app, import_command& importing) {
  const auto set_user = [&importing](const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0)
      throw std::invalid_argument{"it is not of the form NAME:PASSWORD"};
    importing.who = client::credentials{text.substr(0, colon), text.substr(colon + 1)};
  };
  add_value(app, "--user", "NAME:PASSWORD",
            "the user at docker://; by default the one that docker login has kept", set_user);
  auto* authorities =
    add_text(app, "--ca", importing.tls.authorities, "FILE",
             "certificates (PEM) to trust for docker://, instead of the system's");
  add_switch(app, "--insecure", "at docker://, accept any certificate, and plain HTTP",
             [&importing](bool on) { importing.tls.verify = !on; })
    ->excludes(authorities);
  add_count(app, "--parallel", importing.parallel, "downloads from docker:// at the same time",
            config::bounds{1, 64});
}

void add_import(CLI::App& app, import_command& importing) {
  add_data(app, importing.folder, importing.wait_for_lock.at_most,
           "the folder of the registry; created if absent");
  add_value(app, "source", "SOURCE",
            "oci:DIR[:NAME] (an image layout), docker-archive:FILE (docker save), registry:DIR "
            "(the rootdirectory of docker-registry) or docker://HOST[:PORT][/NAME[:TAG]] (a "
            "running registry)",
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
  add_registry(app, importing);
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
