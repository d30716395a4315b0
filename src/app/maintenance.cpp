#include "app/maintenance.hpp"

#include "app/control_order.hpp"
#include "app/progress_bar.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/disk/engine.hpp"

#include <array>
#include <chrono>
#include <cinttypes>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>

namespace gantry::app {

namespace {

template <class T>
T demand(const std::filesystem::path& folder, result<T> outcome) {
  if (!outcome)
    throw std::runtime_error{folder.string() +
                             (outcome.error().code == errc::disk_full
                                ? " is on a full disk: free some space first"
                                : " cannot be read or written: see the lines above")};
  return std::move(*outcome);
}

void print(const gc_report& report, bool dry_run) {
  std::printf("%s%" PRIu64 " bytes %s: %" PRIu64 " blobs, %" PRIu64 " uploads, %" PRIu64
              " files without a row; %" PRIu64 " manifests and %" PRIu64 " links %s; %" PRIu64
              " blobs in their grace period\n",
              dry_run ? "dry run: " : "", report.bytes, dry_run ? "would be freed" : "freed",
              report.blobs, report.uploads, report.orphans, report.manifests, report.links,
              dry_run ? "would go" : "went", report.condemned);
  if (report.kept > 0)
    std::printf("%" PRIu64 " deleted manifests can be brought back; only they hold %" PRIu64
                " bytes\n",
                report.kept, report.kept_bytes);
}

} // namespace

std::string describe_leases(const gc_report& report) {
  if (report.leased_links == 0 && report.leased_blobs == 0)
    return {};
  const auto end = std::chrono::system_clock::to_time_t(report.leases_end);
  std::tm parts{};
  std::array<char, sizeof "2026-01-01T00:00:00Z"> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", ::gmtime_r(&end, &parts));
  return std::to_string(report.leased_links) + " links and " + std::to_string(report.leased_blobs) +
         " blobs are kept by leases or open uploads, the last one until " + text.data() +
         ": --ignore-leases ends them\n";
}

int run(const gc_command& command, std::FILE* terminal) {
  storage::disk_options options;
  options.folder = command.folder;
  options.create = false;
  options.wait_for_lock = command.wait_for_lock;
  // There are no pushes, so leases of an earlier process count only as far as rows record them.
  options.restart_hold = std::chrono::milliseconds{0};
  const auto engine = storage::open_disk_engine(std::move(options));
  progress_bar bar{terminal, "collecting"};
  const auto report = demand(command.folder, answer_of(engine->upkeep(), &upkeep_engine::collect,
                                                       command.policy, bar.callback()));
  bar.clear();
  print(report, command.policy.dry_run);
  std::fputs(describe_leases(report).c_str(), stdout);
  return 0;
}

int run(const garbage_collect_command& command, std::FILE* terminal) {
  const auto& policy = command.policy;
  const auto report = ask_server(command.folder, {policy.dry_run, policy.delete_untagged});
  if (!report)
    return run(gc_command{command.folder, policy}, terminal);
  print(*report, policy.dry_run);
  if (report->waits_for_leases)
    std::puts("The server has started lately: blobs and links stay until the leases of the pushes "
              "before are over.");
  return 0;
}

int run(const verify_command& command, std::FILE* terminal) {
  progress_bar bar{terminal, "verifying"};
  const auto found = [&bar](const std::string& what) {
    bar.clear();
    std::printf("%s\n", what.c_str());
  };
  const auto report = demand(
    command.folder, storage::verify_folder(command.folder, command.options, found, bar.callback()));
  bar.clear();
  std::printf("%" PRIu64 " blobs, %" PRIu64 " manifests, %" PRIu64 " tags, %" PRIu64
              " links: %" PRIu64 " faults, %" PRIu64 " repaired; %" PRIu64
              " files without a row, %" PRIu64 " blobs named and absent\n",
              report.blobs, report.manifests, report.tags, report.links, report.faults,
              report.repaired, report.orphans, report.absent);
  return report.faults == report.repaired ? 0 : 1;
}

} // namespace gantry::app
