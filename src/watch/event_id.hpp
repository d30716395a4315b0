// The ids of events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::watch {

/// Writes the numbers of a log as ids, and reads them again. A log that ends with its process has a
/// mark, because the numbers of the next process mean other changes.
class event_ids {
public:
  /// `mark` is empty for a log that outlives the process.
  explicit event_ids(std::string mark = {});

  /// `17`, or `17-5f3a…`.
  void append(std::string& text, std::uint64_t number) const;
  std::string to_string(std::uint64_t number) const;
  /// A number that the log has not given, if the id is of another process. Absent if it is none.
  std::optional<std::uint64_t> parse(std::string_view text) const;

private:
  /// With its hyphen.
  std::string suffix_;
};

} // namespace gantry::watch
