#include "listing/follower.hpp"

#include "listing/content.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/api/bytes_of.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gantry::listing {

namespace {

/// What one transaction takes in.
constexpr std::size_t changes_at_once = 256;
constexpr std::size_t manifests_at_once = 256;
constexpr std::size_t tags_at_once = 1000;
constexpr std::size_t repositories_at_once = 1000;
/// Pages of digests cost an engine in memory a look at all of them.
constexpr std::size_t digests_at_once = 10'000;

/// All pages of a list, one after another, until `use` returns an error or false. Returns whether
/// all was used.
template <class Ask, class Key, class Use>
result<bool> for_each_page(std::size_t limit, Ask ask, Key key_of, Use use) {
  page_request next{limit, {}};
  for (bool more = true; more;) {
    auto page = ask(next);
    if (!page)
      return std::move(page).error();
    more = page->more && !page->items.empty();
    if (!page->items.empty())
      next.last = key_of(page->items.back());
    result<bool> used = use(std::move(page->items));
    if (!used || !*used)
      return used;
  }
  return true;
}

} // namespace

result<std::uint64_t> follower::end_of_log() {
  const auto end = answer_of(engine_.metadata(), &metadata_engine::list_changes,
                             change_query{after_all_changes, 0});
  if (!end)
    return end.error();
  return end->next;
}

result<bool> follower::knows_position(const log_position& at) {
  if (!at.is_built)
    return false;
  const auto end = end_of_log();
  if (!end)
    return end.error();
  if (*end < at.number)
    return false;
  if (at.number == 0)
    return true;
  const auto same = time_of(at.number);
  if (!same)
    return same.error();
  // An entry that is gone by its age tells nothing.
  return at.at == 0 || *same == 0 || *same == at.at;
}

result<bool> follower::catch_up(const std::function<bool(std::uint64_t)>& goes_on) {
  if (!std::exchange(has_checked_, true)) {
    const auto known = knows_position(index_.position());
    if (!known)
      return known.error();
    if (!*known)
      index_.set_position({}); // `build` forgets the content
  }
  const auto end = end_of_log();
  if (!end)
    return end.error();
  for (;;) {
    const auto at = index_.position();
    if (!at.is_built) {
      auto built = build(goes_on);
      if (!built || !*built)
        return built;
      continue;
    }
    auto page = answer_of(engine_.metadata(), &metadata_engine::list_changes,
                          change_query{at.number, changes_at_once});
    if (!page)
      return std::move(page).error();
    if (page->has_gap) {
      index_.set_position({});
      continue;
    }
    if (auto followed = follow(*page); !followed)
      return std::move(followed).error();
    if (!page->more || page->next >= *end)
      return true;
    if (!goes_on(0))
      return false;
  }
}

result<bool> follower::build(const std::function<bool(std::uint64_t)>& goes_on) {
  index_.forget_content();
  // What changes meanwhile is followed afterwards.
  const auto begin = end_of_log();
  if (!begin)
    return begin.error();
  std::uint64_t read = 0;
  auto whole = for_each_page(
    repositories_at_once,
    [&](const page_request& next) {
      return answer_of(engine_.metadata(), &metadata_engine::list_repositories, next);
    },
    [](const repository_name& last) { return last.to_string(); },
    [&](const std::vector<repository_name>& names) -> result<bool> {
      for (const auto& each : names)
        if (auto done = read_repository(each, goes_on, read); !done || !*done)
          return done;
      return true;
    });
  if (!whole || !*whole)
    return whole;
  const auto at = time_of(*begin);
  if (!at)
    return at.error();
  index_.set_position({.is_built = true, .number = *begin, .at = *at});
  return true;
}

result<std::int64_t> follower::time_of(std::uint64_t number) {
  if (number == 0)
    return 0;
  const auto found =
    answer_of(engine_.metadata(), &metadata_engine::list_changes, change_query{number - 1, 1});
  if (!found)
    return found.error();
  const bool is_there = !found->items.empty() && found->items.front().entry.sequence == number;
  return is_there ? to_microseconds(found->items.front().entry.at) : 0;
}

result<bool> follower::read_repository(const repository_name& name,
                                       const std::function<bool(std::uint64_t)>& goes_on,
                                       std::uint64_t& read) {
  const auto store = engine_.metadata().open_aside(name);
  auto has_all = for_each_page(
    digests_at_once,
    [&](const page_request& next) {
      return answer_of(*store, &repository_store::list_manifests, next);
    },
    [](const digest& last) { return last.to_string(); },
    [&](const std::vector<digest>& ids) -> result<bool> {
      for (std::size_t first = 0; first < ids.size(); first += manifests_at_once) {
        std::vector<manifest_facts> some;
        const auto end = std::min(ids.size(), first + manifests_at_once);
        for (auto each = first; each < end; ++each) {
          auto facts = find_facts(*store, ids[each]);
          if (!facts)
            return std::move(facts).error();
          if (*facts)
            some.push_back(std::move(**facts));
        }
        index_.in_transaction([&] {
          content into{index_.rows(), name};
          for (const auto& each : some)
            into.add_manifest(each);
        });
        if (!goes_on(read += some.size()))
          return false;
      }
      return true;
    });
  if (!has_all || !*has_all)
    return has_all;
  return for_each_page(
    tags_at_once,
    [&](const page_request& next) {
      return answer_of(*store, &repository_store::list_tag_states, next);
    },
    [](const tag_state& last) { return last.name.to_string(); },
    [&](const std::vector<tag_state>& tags) -> result<bool> {
      index_.in_transaction([&] {
        content into{index_.rows(), name};
        for (const auto& each : tags)
          into.set_tag(each, {});
      });
      return goes_on(read += tags.size());
    });
}

/// Read before a transaction begins: an engine may take its time. A manifest that goes and comes
/// back within the page is read, too.
result<follower::facts_by_place> follower::find_new(const change_page& page) {
  facts_by_place found;
  std::set<place> gone;
  for (const auto& [repository, entry] : page.items) {
    if (!entry.name && !entry.after)
      gone.emplace(repository, *entry.before);
    if (!entry.after)
      continue;
    const place where{repository, *entry.after};
    if (found.contains(where) ||
        (!gone.contains(where) && content{index_.rows(), repository}.has_manifest(*entry.after)))
      continue;
    auto facts = find_facts(*engine_.metadata().open_aside(repository), *entry.after);
    if (!facts)
      return std::move(facts).error();
    found.emplace(where, std::move(*facts));
  }
  return found;
}

result<void> follower::follow(const change_page& page) {
  if (page.items.empty() && page.next == index_.position().number)
    return {};
  auto facts = find_new(page);
  if (!facts)
    return std::move(facts).error();
  index_.in_transaction([&] {
    for (const auto& [repository, entry] : page.items) {
      content into{index_.rows(), repository};
      if (entry.after)
        if (const auto known = facts->find({repository, *entry.after});
            known != facts->end() && known->second)
          into.add_manifest(*known->second);
      if (entry.name && entry.after)
        into.set_tag({*entry.name, *entry.after, entry.at, entry.by},
                     {entry.media_type, entry.size});
      else if (entry.name)
        into.remove_tag(*entry.name);
      else if (!entry.after)
        into.remove_manifest(*entry.before);
    }
    log_position at{.is_built = true, .number = page.next};
    if (!page.items.empty() && page.items.back().entry.sequence == page.next)
      at.at = to_microseconds(page.items.back().entry.at);
    index_.set_position(at);
  });
  return {};
}

result<std::optional<manifest_facts>> follower::find_facts(const repository_store& store,
                                                           const digest& id) {
  const auto found = answer_of(store, &repository_store::find_manifest, reference{id});
  if (!found && found.error().code == errc::manifest_unknown)
    return std::optional<manifest_facts>{};
  if (!found)
    return found.error();
  const auto& value = **found;
  std::string config;
  if (const auto& named = value.config(); named && named->size <= max_config_bytes) {
    const auto blob = answer_of(store, &repository_store::find_blob, named->target);
    if (!blob && blob.error().code != errc::blob_unknown)
      return blob.error();
    if (blob && (*blob)->size() <= max_config_bytes)
      if (auto text = bytes_of(**blob))
        config = std::move(*text);
  }
  return std::optional{facts_of(value, config)};
}

} // namespace gantry::listing
