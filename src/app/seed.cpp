#include "app/seed.hpp"

#include "app/hello_image.hpp"
#include "base/file_text.hpp"
#include "config/values.hpp"
#include "synthesis/description.hpp"
#include "transfer/content_writer.hpp"
#include "transfer/docker_archive.hpp"
#include "transfer/layout_import.hpp"
#include "transfer/report.hpp"
#include "yaml/reader.hpp"

#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace gantry::app {

namespace fs = std::filesystem;

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

/// A seed is all or nothing: a server does not start with half of it.
void check_whole(const transfer::transfer_report& report, const char* what, const fs::path& place) {
  for (const auto* lines : {&report.left_out, &report.incomplete})
    if (!lines->empty())
      throw std::runtime_error{what + (' ' + place.string()) + ": " + lines->front()};
}

bool is_yaml(const fs::path& file) {
  return file.extension() == ".yml" || file.extension() == ".yaml";
}

std::string read_text(const fs::path& file) {
  auto text = read_file(file, yaml::max_bytes);
  if (!text)
    throw std::runtime_error{"seed " + file.string() + ": this file cannot be read"};
  return std::move(*text);
}

} // namespace

void seeder::fill(storage_engine& engine) {
  if (what_ == "false")
    return;
  if (what_ == "true")
    return seed_hello(engine);
  const fs::path place{what_};
  std::error_code ignored;
  if (fs::is_directory(place, ignored))
    return check_whole(transfer::import_layout(engine, place), "image layout", place);
  if (!described_ && !fs::is_regular_file(place, ignored))
    throw std::invalid_argument{
      "the seed must be 'true', 'false', the folder of an OCI image layout, an archive of docker "
      "save or a YAML file: there is no file or folder '" +
      what_ + "'"};
  if (!is_yaml(place))
    return check_whole(transfer::import_docker_archive(engine, place), "docker archive", place);
  if (!described_)
    described_ = read(place);
  described_->store(engine);
}

synthesis::synthesizer seeder::read(const fs::path& file) const {
  const auto text = read_text(file);
  const auto begin = "seed " + file.string() + ": ";
  try {
    auto described = synthesis::read_description(text);
    if (const auto bytes = described.layer_bytes(); bytes > room_)
      throw std::runtime_error{begin + "its layers take " + std::to_string(bytes) +
                               " bytes, more than --memory-limit " + config::render_size(room_) +
                               ": describe less, or raise the limit"};
    return synthesis::synthesizer{std::move(described)};
  } catch (const std::invalid_argument& wrong) {
    throw std::runtime_error{begin + wrong.what()};
  }
}

void seed(storage_engine& engine, std::string_view what) {
  seeder{std::string{what}}.fill(engine);
}

} // namespace gantry::app
