// What a walk through a list of a registry must look like.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::bench {

/// Looks at the pages of one walk as they come. Lists are sorted, either by bytes or, as
/// docker-registry does it, part by part of the path; so a walk that never goes backwards ends.
class listing {
public:
  /// `expected` is sorted, outlives the listing, and all of it must be there; other names may stand
  /// in between. A page has at most `page_size` entries.
  listing(const std::vector<std::string>& expected, std::size_t page_size)
    : expected_{expected}, page_size_{page_size} {}

  /// The next page: a JSON object with the list as `member`; `more` says that another one follows.
  /// What is wrong with it: "bad_page", "page_too_long", "empty_page" (and yet more of them),
  /// "unsorted", "gap" (an expected name was passed over); empty where nothing is.
  std::string take(std::string_view body, std::string_view member, bool more);

private:
  /// False where it cannot stand behind the last one.
  bool follows(const std::string& name);
  /// False where it passes over an expected one.
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
