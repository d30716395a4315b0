// Operations of clients that change several things at once: all of them, or nothing.
#include "simulation/operations.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace gantry::simulation {

namespace {

const repository_name& other_repository_of(const operation& what) {
  return choose(all_content().repositories, what.second + 1);
}

const manifest& manifest_with(const digest& id) {
  return **std::ranges::find(all_content().manifests, id,
                             [](const auto& each) { return each->id(); });
}

/// What rules are taken to want, of the tags that were read: seldom less, or what was not read.
void judge(std::uint32_t number, planned_tags& seen) {
  if (number % 3 == 0 && seen.tags.size() > 1)
    seen.tags.erase(seen.tags.begin() + static_cast<std::ptrdiff_t>(number / 3 % 2));
  if (number % 7 == 0)
    seen.tags.front().target = choose(all_content().manifests, number)->id();
}

std::vector<digest> targets_of(const planned_tags& planned) {
  std::vector<digest> targets;
  for (const auto& each : planned.tags)
    if (std::ranges::find(targets, each.target) == targets.end())
      targets.push_back(each.target);
  return targets;
}

/// Then no manifest of the repository can stay.
bool is_about_all(const planned_tags& planned) {
  return planned.tags.size() == all_content().tags.size();
}

} // namespace

/// Reads blobs that manifests need; they stay for as long as these do.
void world::read_needed(const request_ptr& of, const repository_name& to,
                        std::vector<needed_blob> left) {
  if (left.empty())
    return end(of);
  const auto wanted = std::move(left.back());
  left.pop_back();
  const auto began = steps_.now();
  with_repository(of, to, [=, this](const repository_actor& home) {
    ask<msg::blob_reply>(
      of, home, msg::get_blob{wanted.id, false}, [=, this](const result<msg::blob_reply>& found) {
        const auto thing = blob_name(to, wanted.id);
        if (found)
          known_.add_promise(thing, {began, steps_.now(), time_point::max(), wanted.by});
        else if (!says_nothing(found.error()) && !known_.may_be_removed(thing) &&
                 !(wanted.source && known_.may_be_removed(*wanted.source)) &&
                 known_.may_exist(wanted.by, {steps_.now(), steps_.now()}))
          fail(to_string(of->what) + ": a manifest came without its blob " + thing.second + ':' +
               known_.describe(thing));
        read_needed(of, to, left);
      });
  });
}

void world::delete_repository(const request_ptr& of) {
  const auto& from = repository_of(of->what);
  with_repository(of, from, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    std::vector<ledger::part> all;
    for (const auto& each : all_content().manifests)
      all.push_back(known_.begin(manifest_name(from, each->id()), ledger::effect::removes, began));
    for (const auto& each : all_content().tags)
      all.push_back(known_.begin(tag_name(from, each), std::nullopt, began));
    known_.join(all);
    ask<msg::changed>(
      of, home, msg::delete_manifests{}, [=, this](const result<msg::changed>& removed) {
        known_.end(all, removed ? outcome::done : outcome_of(removed.error()), steps_.now());
        if (!removed)
          unexpected(of, removed.error());
        end(of);
      });
  });
}

// --- copies ---

void world::copy_manifest(const request_ptr& of) {
  const auto& from = repository_of(of->what);
  const auto& to = other_repository_of(of->what);
  const auto& name = choose(all_content().tags, of->what.second >> 1U);
  const auto value = manifest_of(of->what);
  with_repository(of, to, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    std::vector<ledger::part> all{
      known_.begin(tag_name(to, name), value->id(), began),
      known_.begin(manifest_name(to, value->id()), ledger::effect::stores, began)};
    for (const auto& id : blobs_of(*value))
      all.push_back(known_.begin(blob_name(to, id), ledger::effect::stores, began));
    known_.join(all);
    ask<msg::changed>(of, home, msg::copy_manifests{from, {{value, {name}}}},
                      [=, this](const result<msg::changed>& copied) {
                        known_.end(all, copied ? outcome::done : outcome_of(copied.error()),
                                   steps_.now());
                        manifest_copied(of, value, copied);
                      });
  });
}

void world::manifest_copied(const request_ptr& of, const manifest_ptr& value,
                            const result<msg::changed>& copied) {
  const auto& from = repository_of(of->what);
  const auto& to = other_repository_of(of->what);
  const auto thing = manifest_name(to, value->id());
  if (!copied) {
    if (copied.error().code == errc::manifest_unknown)
      check_absent(of, manifest_name(from, value->id()), copied.error());
    else
      unexpected(of, copied.error());
    return end(of);
  }
  check_present(of, manifest_name(from, value->id()));
  known_.add_promise(thing, {of->began, steps_.now(), untagged_until(of)});
  // What the other repository had lost is not copied.
  std::vector<needed_blob> blobs;
  for (const auto& id : blobs_of(*value))
    blobs.push_back({id, thing, blob_name(from, id)});
  read_needed(of, to, std::move(blobs));
}

// --- retention ---

/// Reads all tags, judges, and removes some of them: others write in between. Each repository is a
/// change of its own.
void world::expire_tags(const request_ptr& of) {
  read_tags(of, {}, 0);
}

void world::read_tags(const request_ptr& of, const std::vector<planned_tags>& seen,
                      std::size_t next) {
  const auto count = all_content().tags.size();
  const auto& repositories = all_content().repositories;
  if (next == repositories.size() * count) {
    auto plan = seen;
    for (std::uint32_t i = 0; i < plan.size(); ++i)
      judge(of->what.first + i, plan[i]);
    return carry_out(of, plan);
  }
  const auto& at = repositories[next / count];
  const auto& name = all_content().tags[next % count];
  read_manifest(of, at, name, false, [=, this](const manifest_ptr& found) {
    auto more = seen;
    if (found && (more.empty() || more.back().at != at))
      more.push_back({at, {}});
    if (found)
      more.back().tags.push_back({name, found->id()});
    read_tags(of, more, next + 1);
  });
}

void world::carry_out(const request_ptr& of, std::vector<planned_tags> plan) {
  if (plan.empty())
    return end(of);
  const auto planned = std::move(plan.back());
  plan.pop_back();
  with_repository(of, planned.at, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    std::vector<ledger::part> tags;
    for (const auto& each : planned.tags)
      tags.push_back(known_.begin(tag_name(planned.at, each.name), std::nullopt, began));
    std::vector<ledger::part> manifests;
    for (const auto& id : targets_of(planned)) {
      const auto thing = manifest_name(planned.at, id);
      manifests.push_back(known_.begin(thing, ledger::effect::removes, began));
      // A tag that stays may need it.
      manifests.back().surely = is_about_all(planned);
    }
    auto all = tags;
    all.insert(all.end(), manifests.begin(), manifests.end());
    known_.join(all);
    ask<msg::changed>(
      of, home, msg::expire_tags{planned.tags}, [=, this](const result<msg::changed>& expired) {
        const interval when{began, steps_.now()};
        if (!expired) {
          known_.end(all, outcome_of(expired.error()), when.end);
          check_refused(of, planned, when, expired.error());
          return carry_out(of, plan);
        }
        const auto gone = expired->made.manifests;
        known_.end(tags, outcome::done, when.end);
        known_.end(manifests,
                   gone == manifests.size() ? outcome::done
                   : gone == 0              ? outcome::undone
                                            : outcome::unknown,
                   when.end);
        check_expired(of, planned, when, expired->made);
        read_entries(of, home, planned, expired->made, [=, this] { carry_out(of, plan); });
      });
  });
}

void world::check_refused(const request_ptr& of, const planned_tags& planned, interval when,
                          const error& why) {
  if (why.code != errc::plan_outdated)
    return unexpected(of, why);
  if (std::ranges::all_of(planned.tags, [&](const expired_tag& each) {
        return known_.must_be(tag_name(planned.at, each.name), each.target, when);
      }))
    fail(to_string(of->what) + ": a plan is outdated, and no tag has moved");
}

void world::check_expired(const request_ptr& of, const planned_tags& planned, interval when,
                          const change_summary& made) {
  for (const auto& [name, target] : planned.tags)
    if (!known_.may_be(tag_name(planned.at, name), target, when))
      fail(to_string(of->what) + ": a tag has expired that was not " + target.hex().substr(0, 6) +
           ':' + known_.describe(tag_name(planned.at, name)));
  if (made.tags != planned.tags.size())
    fail(to_string(of->what) + ": not all tags have expired");
  if (is_about_all(planned) && made.manifests != targets_of(planned).size())
    fail(to_string(of->what) + ": a manifest stays, and no tag needs it");
}

/// The history tells of the tags and of what went with them, as one change.
void world::read_entries(const request_ptr& of, const repository_actor& home,
                         const planned_tags& planned, const change_summary& made,
                         const std::function<void()>& then) {
  ask<msg::history_page>(
    of, home, msg::list_history{}, [=, this](const result<msg::history_page>& listed) {
      if (!listed) {
        unexpected(of, listed.error());
        return then();
      }
      auto entries = listed->entries.items;
      std::erase_if(entries, [&](const history_entry& each) {
        return each.change != made.change || each.kind != change_kind::expire || each.after;
      });
      const auto tells = [&](const expired_tag& tag) {
        return std::ranges::any_of(entries, [&](const history_entry& each) {
          return each.name == tag.name && each.before == tag.target;
        });
      };
      if (!std::ranges::all_of(planned.tags, tells) ||
          entries.size() != planned.tags.size() + made.manifests)
        fail(to_string(of->what) + ": the history does not tell what has expired");
      then();
    });
}

// --- undo ---

void world::undo(const request_ptr& of) {
  constexpr std::size_t looked_at = 12;
  with_repository(of, repository_of(of->what), [=, this](const repository_actor& home) {
    ask<msg::history_page>(
      of, home, msg::list_history{{.limit = looked_at}},
      [=, this](const result<msg::history_page>& listed) {
        if (!listed)
          unexpected(of, listed.error());
        if (!listed || listed->entries.items.empty())
          return end(of);
        // The page may have a part of its oldest change only.
        auto entries = listed->entries.items;
        const auto oldest = entries.back().change;
        if (listed->entries.more)
          std::erase_if(entries, [&](const auto& each) { return each.change == oldest; });
        if (entries.empty())
          return end(of);
        const auto change = choose(entries, of->what.first).change;
        std::erase_if(entries, [&](const auto& each) { return each.change != change; });
        undo_change(of, home, entries);
      });
  });
}

void world::undo_change(const request_ptr& of, const repository_actor& home,
                        const std::vector<history_entry>& change) {
  const auto& at = repository_of(of->what);
  const auto began = steps_.now();
  std::vector<ledger::part> all;
  for (const auto& each : change) {
    if (each.name)
      all.push_back(known_.begin(tag_name(at, *each.name), each.before, began));
    if (each.before)
      all.push_back(known_.begin(manifest_name(at, *each.before), ledger::effect::stores, began));
    else if (!each.name)
      all.push_back(known_.begin(manifest_name(at, *each.after), ledger::effect::removes, began));
  }
  known_.join(all);
  ask<msg::undone>(
    of, home, msg::undo{gantry::undo_change{change.front().sequence}},
    [=, this](const result<msg::undone>& taken) {
      known_.end(all, taken ? outcome::done : outcome_of(taken.error()), steps_.now());
      if (taken)
        return check_undone(of, change, {began, steps_.now()}, taken->entries);
      if (taken.error().code != errc::undo_refused && taken.error().code != errc::history_unknown)
        unexpected(of, taken.error());
      else if (can_return(at, change, {began, steps_.now()}))
        fail(to_string(of->what) + ": what was removed does not return: " + taken.error().detail);
      end(of);
    });
}

/// Whether this removed something, all of which is kept, and nothing is in the way.
bool world::can_return(const repository_name& at, const std::vector<history_entry>& change,
                       interval when) const {
  const auto window =
    registry_->services().options.gc.undo_window.value_or(std::chrono::milliseconds{0});
  return std::ranges::all_of(change, [&](const history_entry& each) {
    if (each.after || now_ + std::chrono::seconds{1} >= each.at + window)
      return false;
    if (each.name && !known_.must_be(tag_name(at, *each.name), std::nullopt, when))
      return false;
    return std::ranges::none_of(blobs_of(manifest_with(*each.before)), [&](const digest& id) {
      return known_.may_be_removed(blob_name(at, id));
    });
  });
}

/// Every tag is where it was, and a manifest that returned needs its blobs again.
void world::check_undone(const request_ptr& of, const std::vector<history_entry>& change,
                         interval when, const std::vector<history_entry>& added) {
  const auto& at = repository_of(of->what);
  for (const auto& each : change) {
    if (!each.name)
      continue;
    const auto thing = tag_name(at, *each.name);
    if (!known_.may_be(thing, each.after, when))
      fail(to_string(of->what) +
           ": a tag that had changed since was moved:" + known_.describe(thing));
    if (std::ranges::none_of(added, [&](const history_entry& back) {
          return back.name == each.name && back.after == each.before;
        }))
      fail(to_string(of->what) + ": the tag " + each.name->to_string() + " did not return");
  }
  std::vector<needed_blob> blobs;
  for (const auto& each : added) {
    if (each.name || !each.after)
      continue;
    const auto thing = manifest_name(at, *each.after);
    known_.add_promise(thing, {of->began, steps_.now(), untagged_until(of)});
    for (const auto& id : blobs_of(manifest_with(*each.after)))
      blobs.push_back({id, thing, {}});
  }
  read_needed(of, at, std::move(blobs));
}

} // namespace gantry::simulation
