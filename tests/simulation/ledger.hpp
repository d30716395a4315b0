// What clients were told, and so what a registry must and may answer.
//
// Moments are numbers of steps. A write takes effect at some moment between its begin and its end;
// an answer that says nothing about it (a failing disk, a crash) leaves open whether it did.
#pragma once

#include "domain/digest.hpp"
#include "domain/reference.hpp"
#include "domain/time_point.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::simulation {

using moment = std::uint64_t;
inline constexpr moment never = std::numeric_limits<moment>::max();

/// From a request to its answer.
struct interval {
  moment begin = 0;
  moment end = never;
};

enum class outcome : std::uint8_t { open, done, undone, unknown };

/// A repository and the name of something in it: a tag, or the digest of a blob or manifest.
using name_in = std::pair<std::string, std::string>;

class ledger {
public:
  /// Names a write until its end.
  using ticket = std::size_t;

  // --- tags: what was written last is read ---

  /// Points a tag to a manifest, or removes it. With `only_from` it removes the tag if it points to
  /// that manifest.
  ticket begin_tag(const name_in& tag, std::optional<digest> value, moment now,
                   std::optional<digest> only_from = {});
  void end_tag(const name_in& tag, ticket which, outcome how, moment now);
  /// Whether a tag that was read may have that value. A read is evidence for what follows.
  bool may_be(const name_in& tag, const std::optional<digest>& value, interval read);
  /// Whether the tag surely points to a manifest that a write has set.
  bool surely_is(const name_in& tag, const digest& value, moment since) const;

  // --- blobs and manifests: what was promised is there ---

  /// It was stored, or said to exist: until a time, or for as long as a manifest needs it.
  struct promise {
    moment since = 0;
    moment known = 0;
    time_point until = time_point::max();
    /// The manifest that needs it.
    std::optional<name_in> needed_by = {};
  };
  void add_promise(const name_in& thing, promise made);

  /// Something may store it, or remove it.
  ticket begin_change(const name_in& thing, bool stores, moment now);
  void end_change(const name_in& thing, bool stores, ticket which, outcome how, moment now);

  /// Whether a read from then until now must find it. `now` is the time at its end.
  bool must_exist(const name_in& thing, moment read_begin, time_point now) const;
  /// Whether a read may find it: something was to store it, and no removal has come since.
  bool may_exist(const name_in& thing, interval read) const;
  /// Whether something has removed it at any time, or may have.
  bool may_be_removed(const name_in& thing) const;
  /// Why, for messages.
  std::string describe(const name_in& thing) const;

  /// The process has ended: what was not answered has happened by now, or never will.
  void end_process(moment now);

  std::vector<name_in> tags() const;
  std::vector<name_in> things() const;

private:
  struct tag_write {
    std::optional<digest> value;
    std::optional<digest> only_from;
    interval when;
    outcome how = outcome::open;
  };
  struct change {
    interval when;
    outcome how = outcome::open;
  };
  struct history {
    std::vector<promise> promises;
    std::vector<change> stores;
    std::vector<change> removals;
  };

  static bool overwrites(const tag_write& later, const tag_write& earlier, moment read_begin);
  bool holds(const history& of, const promise& made, moment read_begin, time_point now) const;

  std::map<name_in, std::vector<tag_write>> tags_;
  std::map<name_in, history> things_;
};

} // namespace gantry::simulation
