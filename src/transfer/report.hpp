// What a transfer did.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::transfer {

struct transfer_report {
  /// More lines are counted, not kept: a source may hold any number of faults.
  static constexpr std::size_t max_lines = 1000;

  /// Each repository that a manifest is put into counts it.
  std::uint64_t manifests = 0;
  std::uint64_t tags = 0;
  /// Blobs that were copied; those that were there already are not.
  std::uint64_t blobs = 0;
  /// Of the blobs copied.
  std::uint64_t bytes = 0;
  /// A line for each thing that could not be taken along, with the reason: it is not there
  /// afterwards, and no tag leads to it.
  std::vector<std::string> left_out;
  /// A line for each index that came without some of its manifests, with the reason.
  std::vector<std::string> incomplete;
  /// Things that these lines leave unsaid.
  std::uint64_t unsaid = 0;

  void leave_out(std::string_view line) { add(left_out, line); }
  void lack(std::string_view line) { add(incomplete, line); }
  bool is_whole() const noexcept { return left_out.empty() && incomplete.empty(); }

private:
  void add(std::vector<std::string>& lines, std::string_view line);
};

} // namespace gantry::transfer
