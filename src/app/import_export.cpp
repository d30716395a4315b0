#include "app/import_export.hpp"

#include "app/progress_bar.hpp"
#include "client/registry_url.hpp"
#include "copying/registry_import.hpp"
#include "storage/disk/engine.hpp"
#include "storage/disk/sink.hpp"
#include "transfer/distribution_folder.hpp"

#include <algorithm>
#include <cinttypes>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace gantry::app {

namespace fs = std::filesystem;

namespace {

std::unique_ptr<storage_engine> open(const fs::path& folder, bool create,
                                     const storage::lock_wait& wait) {
  storage::disk_options options;
  options.folder = folder;
  options.create = create;
  options.wait_for_lock = wait;
  return storage::open_disk_engine(std::move(options));
}

/// Folders and image names may both contain colons: takes the longest prefix that is an existing
/// folder, otherwise the text up to the last colon.
layout_place parse_layout(std::string_view text) {
  const auto is_folder = [](std::string_view path) {
    std::error_code ec;
    return fs::is_directory(path, ec);
  };
  for (auto end = text.size(); end != std::string_view::npos && end > 0;
       end = text.rfind(':', end - 1)) {
    if (is_folder(text.substr(0, end)))
      return {text.substr(0, end), std::string{end < text.size() ? text.substr(end + 1) : ""}};
  }
  const auto colon = text.find(':');
  return {text.substr(0, colon),
          std::string{colon == std::string_view::npos ? "" : text.substr(colon + 1)}};
}

/// `HOST[:PORT][/NAME[:TAG]]`. Throws std::invalid_argument.
registry_place parse_registry(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  registry_place place{std::string{text.substr(0, slash)}, {}, {}};
  auto name = text.substr(std::min(slash + 1, text.size()));
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    place.label = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (!tag::parse(place.label))
      throw std::invalid_argument{"'" + place.label + "' is not a tag"};
  }
  place.repository = name;
  if (!name.empty() && !repository_name::parse(name))
    throw std::invalid_argument{"'" + place.repository + "' is not the name of a repository"};
  if (!client::registry_url::parse("https://" + place.host))
    throw std::invalid_argument{"'" + place.host + "' is not of the form HOST[:PORT]"};
  return place;
}

/// The rest of `text` if it begins with `scheme:`.
std::optional<std::string_view> after(std::string_view scheme, std::string_view text) {
  if (!text.starts_with(scheme) || text.size() == scheme.size())
    return std::nullopt;
  return text.substr(scheme.size());
}

void print_findings(const transfer::transfer_report& report) {
  for (const auto& line : report.left_out)
    std::printf("left out: %s\n", line.c_str());
  for (const auto& line : report.incomplete)
    std::printf("incomplete: %s\n", line.c_str());
  if (report.unsaid > 0)
    std::printf("and %" PRIu64 " more\n", report.unsaid);
}

transfer::adoption take_over(blob_sink& sink, int descriptor) {
  const auto how = storage::take_over(sink, descriptor);
  if (!how)
    throw std::runtime_error{"the folder cannot be written: see the lines above"};
  switch (*how) {
  case storage::taken_over::linked: return transfer::adoption::linked;
  case storage::taken_over::cloned: return transfer::adoption::cloned;
  case storage::taken_over::not_at_all: break;
  }
  return transfer::adoption::none;
}

struct importer {
  storage_engine& engine;
  const import_command& command;
  progress_callback progress;
  std::uint64_t& unchanged;

  transfer::transfer_report operator()(const layout_place& place) const {
    return transfer::import_layout(engine, place.folder, {place.name, command.as}, progress);
  }
  transfer::transfer_report operator()(const archive_place& place) const {
    return transfer::import_docker_archive(engine, place.file, command.as, progress);
  }
  transfer::transfer_report operator()(const distribution_place& place) const {
    transfer::distribution_options options;
    options.verify = command.verify;
    if (command.link)
      options.adopt = take_over;
    return transfer::import_distribution_folder(engine, place.folder, progress, options);
  }
  transfer::transfer_report operator()(const registry_place& place) const {
    auto done = copying::import_registry(engine,
                                         {.host = place.host,
                                          .repository = place.repository,
                                          .label = place.label,
                                          .tls = command.tls,
                                          .who = command.who,
                                          .parallel = command.parallel},
                                         progress);
    unchanged = done.unchanged;
    return std::move(done.copied);
  }
};

void print_taken_over(const transfer::transfer_report& report, const import_command& command) {
  const auto bytes = report.bytes - report.adopted_bytes;
  std::printf("%" PRIu64 " blobs are linked, %" PRIu64 " share their blocks, %" PRIu64
              " were copied (%" PRIu64 " bytes)\n",
              report.linked, report.cloned, report.blobs - report.linked - report.cloned, bytes);
  if (!command.verify && report.linked + report.cloned > 0)
    std::printf("only their sizes were checked: gantry verify --deep --data %s reads every byte\n",
                command.folder.c_str());
}

int finish(const transfer::transfer_report& report, const char* what) {
  print_findings(report);
  std::printf("%s %" PRIu64 " tags, %" PRIu64 " manifests and %" PRIu64 " blobs of %" PRIu64
              " bytes; %zu things were left out",
              what, report.tags, report.manifests, report.blobs, report.bytes,
              report.left_out.size());
  if (!report.incomplete.empty())
    std::printf(", %zu are incomplete", report.incomplete.size());
  if (report.unsaid > 0)
    std::printf(", and %" PRIu64 " more", report.unsaid);
  std::printf("\n");
  return report.is_whole() ? 0 : 1;
}

} // namespace

transfer_source parse_source(std::string_view text) {
  if (const auto path = after("oci:", text))
    return parse_layout(*path);
  if (const auto path = after("docker-archive:", text))
    return archive_place{*path};
  if (const auto path = after("registry:", text))
    return distribution_place{*path};
  if (const auto path = after("docker://", text))
    return parse_registry(*path);
  throw std::invalid_argument{"'" + std::string{text} +
                              "' is neither oci:DIR[:NAME] nor docker-archive:FILE nor "
                              "registry:DIR nor docker://HOST[:PORT][/NAME[:TAG]]"};
}

layout_place parse_destination(std::string_view text) {
  if (const auto path = after("oci:", text))
    return parse_layout(*path);
  throw std::invalid_argument{"'" + std::string{text} + "' is not oci:DIR[:NAME]"};
}

int run(const import_command& command, std::FILE* terminal) {
  const auto engine = open(command.folder, true, command.wait_for_lock);
  progress_bar bar{terminal, "importing", progress_bar::unit::bytes};
  std::uint64_t unchanged = 0;
  const auto report =
    std::visit(importer{*engine, command, bar.callback(), unchanged}, command.source);
  bar.clear();
  const auto status = finish(report, "imported");
  if (std::holds_alternative<registry_place>(command.source))
    std::printf("%" PRIu64 " tags pointed to the same manifest already\n", unchanged);
  if (command.link)
    print_taken_over(report, command);
  return status;
}

int run(const export_command& command, std::FILE* terminal) {
  const auto engine = open(command.folder, false, command.wait_for_lock);
  progress_bar bar{terminal, "exporting"};
  const auto report =
    transfer::export_layout(*engine, command.layout, command.selection, bar.callback());
  bar.clear();
  return finish(report, "exported");
}

} // namespace gantry::app
