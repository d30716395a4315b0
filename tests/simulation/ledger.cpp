#include "simulation/ledger.hpp"

#include <algorithm>
#include <utility>

namespace gantry::simulation {

ledger::ticket ledger::begin_tag(const name_in& tag, std::optional<digest> value, moment now,
                                 std::optional<digest> only_from) {
  auto& writes = tags_[tag];
  writes.push_back({std::move(value), std::move(only_from), {now, never}, outcome::open});
  return writes.size() - 1;
}

void ledger::end_tag(const name_in& tag, ticket which, outcome how, moment now) {
  auto& write = tags_[tag][which];
  write.when.end = std::min(write.when.end, now);
  write.how = write.how == outcome::done ? outcome::done : how; // it may have been read meanwhile
}

bool ledger::overwrites(const tag_write& later, const tag_write& earlier, moment read_begin) {
  return later.how == outcome::done && (!later.only_from || later.only_from == earlier.value) &&
         earlier.when.end < later.when.begin && later.when.end < read_begin;
}

bool ledger::may_be(const name_in& tag, const std::optional<digest>& value, interval read) {
  auto& writes = tags_[tag];
  const auto is_source = [&](const tag_write& each) {
    return each.value == value && each.how != outcome::undone && each.when.begin < read.end &&
           std::ranges::none_of(
             writes, [&](const tag_write& later) { return overwrites(later, each, read.begin); });
  };
  std::vector<tag_write*> sources;
  for (auto& each : writes)
    if (is_source(each))
      sources.push_back(&each);
  if (sources.size() == 1 && !sources.front()->only_from) {
    auto& proved = *sources.front();
    proved.how = outcome::done;
    proved.when.end = std::min(proved.when.end, read.end);
  }
  if (!sources.empty())
    return true;
  // Before the first write it does not exist.
  return !value && std::ranges::none_of(writes, [&](const tag_write& each) {
    return each.how == outcome::done && each.value && each.when.end < read.begin;
  });
}

bool ledger::surely_is(const name_in& tag, const digest& value, moment since) const {
  const auto found = tags_.find(tag);
  if (found == tags_.end())
    return false;
  bool is_set = false;
  for (const auto& each : found->second) {
    if (each.how == outcome::undone || each.when.end < since)
      continue;
    if (each.value != value)
      return false;
    is_set = is_set || each.how == outcome::done;
  }
  return is_set;
}

void ledger::add_promise(const name_in& thing, promise made) {
  things_[thing].promises.push_back(std::move(made));
}

ledger::ticket ledger::begin_change(const name_in& thing, bool stores, moment now) {
  auto& of = things_[thing];
  auto& list = stores ? of.stores : of.removals;
  list.push_back({{now, never}, outcome::open});
  return list.size() - 1;
}

void ledger::end_change(const name_in& thing, bool stores, ticket which, outcome how, moment now) {
  auto& of = things_[thing];
  auto& ended = (stores ? of.stores : of.removals)[which];
  ended.when.end = std::min(ended.when.end, now);
  ended.how = how;
}

bool ledger::holds(const history& of, const promise& made, moment read_begin,
                   time_point now) const {
  if (made.known >= read_begin || now >= made.until)
    return false;
  const auto may_have_removed = [&](const change& each) {
    return each.how != outcome::undone && each.when.end >= made.since;
  };
  if (std::ranges::any_of(of.removals, may_have_removed))
    return false;
  return !made.needed_by || must_exist(*made.needed_by, read_begin, now);
}

bool ledger::must_exist(const name_in& thing, moment read_begin, time_point now) const {
  const auto found = things_.find(thing);
  return found != things_.end() &&
         std::ranges::any_of(found->second.promises, [&](const promise& each) {
           return holds(found->second, each, read_begin, now);
         });
}

bool ledger::may_exist(const name_in& thing, interval read) const {
  const auto found = things_.find(thing);
  if (found == things_.end())
    return false;
  const auto& removals = found->second.removals;
  return std::ranges::any_of(found->second.stores, [&](const change& stored) {
    return stored.how != outcome::undone && stored.when.begin < read.end &&
           std::ranges::none_of(removals, [&](const change& removed) {
             return removed.how == outcome::done && stored.when.end < removed.when.begin &&
                    removed.when.end < read.begin;
           });
  });
}

bool ledger::may_be_removed(const name_in& thing) const {
  const auto found = things_.find(thing);
  return found != things_.end() &&
         std::ranges::any_of(found->second.removals,
                             [](const change& each) { return each.how != outcome::undone; });
}

std::string ledger::describe(const name_in& thing) const {
  std::string text;
  const auto add = [&](const char* what, const interval& when) {
    text += std::string{" "} + what + ' ' + std::to_string(when.begin) + '-' +
            (when.end == never ? "?" : std::to_string(when.end));
  };
  if (const auto found = things_.find(thing); found != things_.end()) {
    for (const auto& each : found->second.promises)
      add("promised", {each.since, each.known});
    for (const auto& each : found->second.stores)
      add("stored", each.when);
    for (const auto& each : found->second.removals)
      add("removed", each.when);
  }
  if (const auto found = tags_.find(thing); found != tags_.end())
    for (const auto& each : found->second)
      add(each.value ? each.value->hex().substr(0, 6).c_str() : "none", each.when);
  return text;
}

void ledger::end_process(moment now) {
  const auto close = [now](auto& each) {
    if (each.how != outcome::open)
      return;
    each.how = outcome::unknown;
    each.when.end = std::min(each.when.end, now);
  };
  for (auto& [name, writes] : tags_)
    std::ranges::for_each(writes, close);
  for (auto& [name, of] : things_) {
    std::ranges::for_each(of.stores, close);
    std::ranges::for_each(of.removals, close);
  }
}

std::vector<name_in> ledger::tags() const {
  std::vector<name_in> all;
  for (const auto& [name, writes] : tags_)
    all.push_back(name);
  return all;
}

std::vector<name_in> ledger::things() const {
  std::vector<name_in> all;
  for (const auto& [name, of] : things_)
    all.push_back(name);
  return all;
}

} // namespace gantry::simulation
