// Checks the pages of a list.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

/// Checks the pages of one walk in order. A list must be sorted, either by bytes or, as
/// docker-registry does, by the parts of the path; therefore a walk ends.
class listing {
public:
  /// The list must contain all names of `expected`, which is sorted and outlives the object; it may
  /// contain others. A page must have at most `page_size` entries.
  listing(const std::vector<std::string>& expected, std::size_t page_size)
    : expected_{expected}, page_size_{page_size} {}

  /// Checks the next page: a JSON object whose `member` is the list. `more`: another page follows.
  /// Returns what is wrong: "bad_page", "page_too_long", "empty_page" (although more follow),
  /// "unsorted", "gap" (an expected name is missing); empty if nothing.
  std::string take(std::string_view body, std::string_view member, bool more);

private:
  /// True if it may follow the last name.
  bool follows(const std::string& name);
  /// True if no expected name is missing before it.
  bool leaves_no_gap(const std::string& name);

  const std::vector<std::string>& expected_;
  std::size_t page_size_;
  std::size_t seen_ = 0;
  std::string last_;
  bool begun_ = false;
  bool by_bytes_ = true;
  bool by_parts_ = true;
};

} // namespace gantry::bench
