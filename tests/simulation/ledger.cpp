#include "simulation/ledger.hpp"

#include <algorithm>
#include <utility>

namespace gantry::simulation {

ledger::ticket ledger::begin_tag(const name_in& tag, std::optional<digest> value, moment now,
                                 std::optional<digest> only_from) {
  auto& writes = tags_[tag];
  writes.push_back({{.when = {now, never}}, std::move(value), std::move(only_from)});
  return writes.size() - 1;
}

void ledger::end_tag(const name_in& tag, ticket which, outcome how, moment now) {
  end({tag, effect::writes_tag, which}, how, now);
}

bool ledger::overwrites(const tag_write& later, const tag_write& earlier, moment read_begin) {
  return later.how == outcome::done && (!later.only_from || later.only_from == earlier.value) &&
         earlier.when.end < later.when.begin && later.when.end < read_begin;
}

/// The writes that a read may have found.
std::vector<std::size_t> ledger::sources_of(const tag_writes& writes,
                                            const std::optional<digest>& value, interval read) {
  const auto is_source = [&](const tag_write& each) {
    return each.value == value && each.how != outcome::undone && each.when.begin < read.end &&
           std::ranges::none_of(
             writes, [&](const tag_write& later) { return overwrites(later, each, read.begin); });
  };
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < writes.size(); ++i)
    if (is_source(writes[i]))
      found.push_back(i);
  return found;
}

/// Before the first write it does not exist.
bool ledger::may_be_unset(const tag_writes& writes, const std::optional<digest>& value,
                          interval read) {
  return !value && std::ranges::none_of(writes, [&](const tag_write& each) {
    return each.how == outcome::done && each.value && each.when.end < read.begin;
  });
}

bool ledger::is_possible(const tag_writes& writes, const std::optional<digest>& value,
                         interval read) {
  return may_be_unset(writes, value, read) || !sources_of(writes, value, read).empty();
}

bool ledger::may_be(const name_in& tag, const std::optional<digest>& value, interval read) {
  auto& writes = tags_[tag];
  if (!is_possible(writes, value, read))
    return false;
  const auto sources = sources_of(writes, value, read);
  if (sources.size() == 1 && !may_be_unset(writes, value, read) &&
      !writes[sources.front()].only_from)
    conclude(writes[sources.front()], outcome::done, read.end);
  for (auto& each : writes) {
    if (each.how != outcome::unknown || !each.is_settled)
      continue;
    each.how = outcome::done;
    const bool may_have_happened = is_possible(writes, value, read);
    each.how = outcome::unknown;
    if (!may_have_happened)
      conclude(each, outcome::undone, read.end);
  }
  return true;
}

bool ledger::must_be(const name_in& tag, const std::optional<digest>& value, interval read) const {
  const auto found = tags_.find(tag);
  if (found == tags_.end())
    return !value;
  const auto& writes = found->second;
  const auto may_be_another = [&](const std::optional<digest>& other) {
    return other != value && is_possible(writes, other, read);
  };
  return is_possible(writes, value, read) && !may_be_another(std::nullopt) &&
         std::ranges::none_of(writes, may_be_another, &tag_write::value);
}

ledger::part ledger::begin(const name_in& tag, std::optional<digest> value, moment now) {
  return {tag, effect::writes_tag, begin_tag(tag, std::move(value), now)};
}

ledger::part ledger::begin(const name_in& thing, effect does, moment now) {
  return {thing, does, begin_change(thing, does == effect::stores, now)};
}

void ledger::end(const part& of, outcome how, moment now) {
  auto& ended = find(of);
  ended.when.end = std::min(ended.when.end, now);
  // A read may have found it meanwhile.
  ended.how = ended.how == outcome::done ? outcome::done : how;
}

void ledger::end(const std::vector<part>& all, outcome how, moment now) {
  for (const auto& each : all)
    end(each, how, now);
}

void ledger::join(const std::vector<part>& all) {
  changes_.push_back(all);
  for (const auto& each : all)
    find(each).change = changes_.size();
}

ledger::write& ledger::find(const part& of) {
  if (of.does == effect::writes_tag)
    return tags_[of.thing][of.which];
  auto& known = things_[of.thing];
  return (of.does == effect::stores ? known.stores : known.removals)[of.which];
}

void ledger::conclude(write& about, outcome how, moment now) {
  const auto settle = [&](write& each) {
    each.how = how;
    each.when.end = std::min(each.when.end, now);
  };
  settle(about);
  if (about.change == 0)
    return;
  for (const auto& each : changes_[about.change - 1])
    if (each.surely || how == outcome::undone)
      settle(find(each));
}

void ledger::add_promise(const name_in& thing, promise made) {
  things_[thing].promises.push_back(std::move(made));
}

ledger::ticket ledger::begin_change(const name_in& thing, bool stores, moment now) {
  auto& of = things_[thing];
  auto& list = stores ? of.stores : of.removals;
  list.push_back({.when = {now, never}});
  return list.size() - 1;
}

void ledger::end_change(const name_in& thing, bool stores, ticket which, outcome how, moment now) {
  end({thing, stores ? effect::stores : effect::removes, which}, how, now);
}

bool ledger::holds(const history& of, const promise& made, moment read_begin,
                   time_point now) const {
  if (made.known >= read_begin || now >= made.until)
    return false;
  const auto may_have_removed = [&](const write& each) {
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
  return std::ranges::any_of(found->second.stores, [&](const write& stored) {
    return stored.how != outcome::undone && stored.when.begin < read.end &&
           std::ranges::none_of(removals, [&](const write& removed) {
             return removed.how == outcome::done && stored.when.end < removed.when.begin &&
                    removed.when.end < read.begin;
           });
  });
}

bool ledger::may_be_removed(const name_in& thing) const {
  const auto found = things_.find(thing);
  return found != things_.end() &&
         std::ranges::any_of(found->second.removals,
                             [](const write& each) { return each.how != outcome::undone; });
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
  const auto close = [now](write& each) {
    each.is_settled = true;
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
