// Changes that were read together, as server-sent events.
#pragma once

#include "domain/changes.hpp"
#include "watch/event_id.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::watch {

/// Who reads: one who may not see users reads other texts.
enum class view : std::uint8_t { without_users, with_users };

/// Adjacent events that one write can send.
struct run {
  /// Empty if no event of the batch is left that matches.
  std::string_view text = {};
  std::size_t events = 0;
  /// The number of the last event that was looked at.
  std::uint64_t position = 0;
};

/// Immutable and therefore thread-safe.
class batch {
public:
  /// The changes after the number `after`; the last one has the number `last`. Precondition: there
  /// are some, and `last` is larger than `after`.
  batch(std::uint64_t after, std::uint64_t last, const std::vector<logged_change>& changes,
        const event_ids& ids);
  /// Says that changes between both numbers are gone: a reader that has seen `after` must look at
  /// the content anew. `last` may be smaller, if `after` is none of the log's.
  static batch make_reset(std::uint64_t after, std::uint64_t last, const event_ids& ids);

  std::uint64_t after() const noexcept { return after_; }
  std::uint64_t last() const noexcept { return last_; }
  std::size_t events() const noexcept { return events_.size(); }
  /// Bytes of all texts.
  std::size_t bytes() const noexcept { return texts_[0].size() + texts_[1].size(); }

  /// The first run of events after `position` for which `match(repository, tag)` holds; the tag is
  /// empty for a change of a manifest alone. A reset matches for all.
  template <class Match>
  run find(std::uint64_t position, view as, Match match) const;

private:
  struct event {
    std::uint64_t number = 0;
    std::string repository = {};
    std::string tag = {};
    /// Where its text ends, by view.
    std::size_t ends[2] = {0, 0};
  };

  batch(std::uint64_t after, std::uint64_t last) : after_{after}, last_{last} {}
  const std::string& text_of(view as) const noexcept {
    // One text for both if no user is known.
    return texts_[texts_[1].empty() ? 0 : static_cast<std::size_t>(as)];
  }

  std::uint64_t after_;
  std::uint64_t last_;
  bool is_reset_ = false;
  std::vector<event> events_;
  /// By view.
  std::string texts_[2];
};

using batch_ptr = std::shared_ptr<const batch>;

template <class Match>
run batch::find(std::uint64_t position, view as, Match match) const {
  const auto fits = [&](const event& each) {
    return is_reset_ || (each.number > position && match(each.repository, each.tag));
  };
  const auto side = texts_[1].empty() ? std::size_t{0} : static_cast<std::size_t>(as);
  std::size_t first = 0;
  while (first < events_.size() && !fits(events_[first]))
    ++first;
  auto behind = first;
  while (behind < events_.size() && fits(events_[behind]))
    ++behind;
  if (behind == first)
    return {.position = last_};
  const auto begin = first == 0 ? 0 : events_[first - 1].ends[side];
  const auto end = events_[behind - 1].ends[side];
  return {.text = std::string_view{text_of(as)}.substr(begin, end - begin),
          .events = behind - first,
          .position = behind == events_.size() ? last_ : events_[behind - 1].number};
}

} // namespace gantry::watch
