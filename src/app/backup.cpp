#include "app/backup.hpp"

#include "app/progress_bar.hpp"

#include <cinttypes>

namespace gantry::app {

namespace {

int finish(const storage::backup_report& report, const char* what, const std::string& where) {
  for (const auto& line : report.damaged)
    std::printf("damaged: %s\n", line.c_str());
  std::printf("%s %s: %" PRIu64 " blobs of %" PRIu64 " bytes; %" PRIu64
              " files were there, %" PRIu64 " linked, %" PRIu64 " copied (%" PRIu64
              " bytes), %" PRIu64 " removed",
              what, where.c_str(), report.blobs, report.bytes, report.present, report.linked,
              report.copied, report.copied_bytes, report.removed);
  if (!report.damaged.empty())
    std::printf("; %zu are damaged", report.damaged.size());
  std::puts("");
  return report.damaged.empty() ? 0 : 1;
}

} // namespace

int run(const backup_command& command, std::FILE* terminal) {
  progress_bar bar{terminal, "backing up"};
  const auto report = storage::back_up(command.data, command.to, command.options, bar.callback());
  bar.clear();
  return finish(report, "backed up to", command.to.string());
}

int run(const restore_command& command, std::FILE* terminal) {
  progress_bar bar{terminal, "restoring"};
  const auto report =
    storage::restore_backup(command.from, command.data, command.options, bar.callback());
  bar.clear();
  return finish(report, "restored to", command.data.string());
}

} // namespace gantry::app
