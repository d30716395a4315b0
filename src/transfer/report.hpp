// The result of a transfer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::transfer {

struct transfer_report {
  /// Further lines are only counted: a source may contain any number of faults.
  static constexpr std::size_t max_lines = 1000;

  /// A manifest counts once per repository.
  std::uint64_t manifests = 0;
  std::uint64_t tags = 0;
  /// Copied blobs; excludes those that existed already.
  std::uint64_t blobs = 0;
  /// Bytes of the copied blobs.
  std::uint64_t bytes = 0;
  /// Those among the copied blobs that took over a file (`file_adopter`), and their bytes.
  std::uint64_t linked = 0;
  std::uint64_t cloned = 0;
  std::uint64_t adopted_bytes = 0;
  /// One line, with the reason, for each item that was not transferred; no tag points to it.
  std::vector<std::string> left_out;
  /// One line, with the reason, for each index that lacks some of its manifests.
  std::vector<std::string> incomplete;
  /// The number of lines that were dropped.
  std::uint64_t unsaid = 0;

  void leave_out(std::string_view line) { add(left_out, line); }
  void lack(std::string_view line) { add(incomplete, line); }
  bool is_whole() const noexcept { return left_out.empty() && incomplete.empty(); }

private:
  void add(std::vector<std::string>& lines, std::string_view line);
};

} // namespace gantry::transfer
