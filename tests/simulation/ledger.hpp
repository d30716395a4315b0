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

  /// What a change does to one thing.
  enum class effect : std::uint8_t { writes_tag, stores, removes };
  struct part {
    name_in thing;
    effect does;
    ticket which;
    /// It happens if the change does. Otherwise it may.
    bool surely = true;
  };

  // --- tags: what was written last is read ---

  /// Points a tag to a manifest, or removes it. With `only_from` it removes the tag if it points to
  /// that manifest.
  ticket begin_tag(const name_in& tag, std::optional<digest> value, moment now,
                   std::optional<digest> only_from = {});
  void end_tag(const name_in& tag, ticket which, outcome how, moment now);
  /// Whether a tag that was read may have that value. A read is evidence for what follows.
  bool may_be(const name_in& tag, const std::optional<digest>& value, interval read);
  /// Whether a read can find nothing else.
  bool must_be(const name_in& tag, const std::optional<digest>& value, interval read) const;

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

  // --- changes: all of it happens, or nothing ---

  part begin(const name_in& tag, std::optional<digest> value, moment now);
  part begin(const name_in& thing, effect does, moment now);
  void end(const part& of, outcome how, moment now);
  void end(const std::vector<part>& all, outcome how, moment now);
  /// They are one change: evidence for or against one of its tags is evidence about the rest.
  void join(const std::vector<part>& all);

  // --- answers ---

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
  struct write {
    interval when;
    outcome how = outcome::open;
    /// Its process has ended: if it has not happened, it never will.
    bool is_settled = false;
    /// The number of the change that it is a part of; 0: it is alone.
    std::size_t change = 0;
  };
  struct tag_write : write {
    std::optional<digest> value;
    std::optional<digest> only_from;
  };
  using tag_writes = std::vector<tag_write>;
  struct history {
    std::vector<promise> promises;
    std::vector<write> stores;
    std::vector<write> removals;
  };

  static bool overwrites(const tag_write& later, const tag_write& earlier, moment read_begin);
  static std::vector<std::size_t> sources_of(const tag_writes& writes,
                                             const std::optional<digest>& value, interval read);
  static bool may_be_unset(const tag_writes& writes, const std::optional<digest>& value,
                           interval read);
  static bool is_possible(const tag_writes& writes, const std::optional<digest>& value,
                          interval read);
  bool holds(const history& of, const promise& made, moment read_begin, time_point now) const;
  write& find(const part& of);
  /// A read has shown that it happened, or did not.
  void conclude(write& about, outcome how, moment now);

  std::map<name_in, tag_writes> tags_;
  std::map<name_in, history> things_;
  std::vector<std::vector<part>> changes_;
};

} // namespace gantry::simulation
