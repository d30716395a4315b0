#include "app/seed.hpp"

#include "app/hello_image.hpp"
#include "transfer/content_writer.hpp"
#include "transfer/layout_import.hpp"

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace gantry::app {

namespace {

void seed_hello(storage_engine& engine) {
  const auto image = make_hello_image();
  const auto repository = repository_name::parse("library/hello-world").value();
  transfer::content_writer writer{engine};
  writer.put_blob(repository, image.layer);
  writer.put_blob(repository, image.config);
  const auto type = media_type::parse(media_types::docker_manifest).value();
  writer.put_manifest(repository, manifest::parse(image.manifest, type).value(),
                      {tag::parse("latest").value()});
}

} // namespace

void seed(storage_engine& engine, std::string_view what) {
  if (what == "false")
    return;
  if (what == "true")
    return seed_hello(engine);
  const std::filesystem::path folder{what};
  if (!std::filesystem::is_directory(folder))
    throw std::invalid_argument{"the seed must be 'true', 'false' or the folder of an OCI image "
                                "layout: '" +
                                std::string{what} + "' is not a folder"};
  const auto report = transfer::import_layout(engine, folder);
  for (const auto* lines : {&report.left_out, &report.incomplete})
    if (!lines->empty())
      throw std::runtime_error{"image layout " + folder.string() + ": " + lines->front()};
}

} // namespace gantry::app
