// What clients do to one thing at a time, and what they check.
#include "simulation/operations.hpp"

#include "storage/api/bytes_of.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gantry::simulation {

namespace {

const blob_content& blob_of(const operation& what) {
  return choose(all_content().blobs, what.first);
}

/// Of a push: one, or all.
std::vector<tag> tags_of(const operation& what) {
  const auto& known = all_content().tags;
  return what.second / 4 % 4 == 0 ? known : std::vector{choose(known, what.second >> 1U)};
}

msg::chunk chunk_of(std::string_view text) {
  std::shared_ptr<std::byte[]> bytes{new std::byte[text.size() + 1]};
  std::ranges::transform(text, bytes.get(), [](char c) { return static_cast<std::byte>(c); });
  return {bytes, text.size()};
}

} // namespace

name_in world::blob_name(const repository_name& repository, const digest& id) {
  return {repository.to_string(), "blob " + id.hex()};
}

name_in world::manifest_name(const repository_name& repository, const digest& id) {
  return {repository.to_string(), "manifest " + id.hex()};
}

name_in world::tag_name(const repository_name& repository, const tag& name) {
  return {repository.to_string(), "tag " + name.to_string()};
}

// --- the frame of each operation ---

void world::begin_waiting(client& by) {
  if (by.is_busy || by.waiting.empty() || !registry_ || ending_ != ending::none)
    return;
  const auto what = by.waiting.front();
  by.waiting.pop_front();
  begin(by, what);
}

void world::begin(client& by, const operation& what) {
  by.is_busy = true;
  tell(to_string(what));
  const auto of = std::make_shared<const request>(request{&by, what, steps_.now(), now_, life_});
  switch (what.what) {
  case action::start_upload: return start_upload(of);
  case action::add_chunk: return add_chunk(of);
  case action::finish_upload: return finish_upload(of);
  case action::cancel_upload: return cancel_upload(of);
  case action::ask_upload: return ask_upload(of);
  case action::mount_blob: return mount_blob(of);
  case action::head_blob:
    return read_blob(of, repository_of(what), blob_of(what).id, true, [=, this] { end(of); });
  case action::pull_blob:
    return read_blob(of, repository_of(what), blob_of(what).id, false, [=, this] { end(of); });
  case action::put_manifest: return put_manifest(of);
  case action::pull_tag:
    return read_manifest(of, repository_of(what), choose(all_content().tags, what.first), false,
                         [=, this](const manifest_ptr&) { end(of); });
  case action::pull_manifest:
    return read_manifest(of, repository_of(what), manifest_of(what)->id(), (what.second & 2U) != 0,
                         [=, this](const manifest_ptr&) { end(of); });
  case action::delete_tag: return delete_tag(of);
  case action::delete_manifest: return delete_manifest(of);
  case action::delete_blob: return delete_blob(of);
  case action::expire_tags: return expire_tags(of);
  case action::undo: return undo(of);
  case action::copy_manifest: return copy_manifest(of);
  case action::delete_repository: return delete_repository(of);
  default: return end(of);
  }
}

void world::end(const request_ptr& of) {
  ++verdict_.answered;
  of->by->is_busy = false;
  trace_.add(steps_.now());
  begin_waiting(*of->by);
}

void world::tell_answer(const request_ptr& of, std::string_view answer) {
  if (narrate_)
    tell("  " + std::string{answer} + ": " + to_string(of->what));
}

void world::with_repository(const request_ptr& of, const repository_name& name,
                            repository_callback then) {
  ask<msg::repository_reply>(of, registry_->services().directory.get(),
                             msg::open_repository{name, true},
                             [=, this](const result<msg::repository_reply>& opened) {
                               if (opened)
                                 return then(opened->handle);
                               unexpected(of, opened.error());
                               then(repository_actor{});
                             });
}

void world::unexpected(const request_ptr& of, const error& why) {
  if (!says_nothing(why))
    fail(to_string(of->what) + ": " + code_of(why) + ' ' + why.detail);
}

bool world::must_exist(const request_ptr& of, const name_in& thing) const {
  return known_.must_exist(thing, of->began, now_);
}

void world::check_absent(const request_ptr& of, const name_in& thing, const error& why) {
  if (says_nothing(why))
    return;
  if (must_exist(of, thing))
    fail(to_string(of->what) + ": " + thing.first + ' ' + thing.second + " is gone (" +
         code_of(why) + "):" + known_.describe(thing));
}

void world::check_present(const request_ptr& of, const name_in& thing) {
  if (!known_.may_exist(thing, {of->began, steps_.now()}))
    fail(to_string(of->what) + ": " + thing.first + ' ' + thing.second +
         " is there, and nothing put it there:" + known_.describe(thing));
}

time_point world::lease_of(const request_ptr& of) const {
  return of->time + registry_->services().options.blob_lease;
}

time_point world::untagged_until(const request_ptr& of) const {
  return told_.around.delete_untagged ? of->time + registry_->services().options.gc.grace
                                      : time_point::max();
}

// --- uploads ---

void world::start_upload(const request_ptr& of) {
  if (of->by->upload)
    return end(of);
  with_repository(of, repository_of(of->what), [=, this](const repository_actor& home) {
    ask<msg::upload_started>(
      of, home, msg::start_upload{}, [=, this](const result<msg::upload_started>& started) {
        if (started)
          of->by->upload = open_upload{started->id, repository_of(of->what), &blob_of(of->what),
                                       of->time, started->session};
        else
          unexpected(of, started.error());
        end(of);
      });
  });
}

/// Calls `then` with an upload whose session is awake and whose offset is known; otherwise ends.
void world::wake_upload(const request_ptr& of, std::function<void()> then) {
  auto& upload = of->by->upload;
  if (!upload)
    return end(of);
  if (upload->session)
    return learn_offset(of, then);
  with_repository(of, upload->repository, [=, this](const repository_actor& home) {
    ask<msg::upload_started>(of, home, msg::resume_upload{of->by->upload->id},
                             [=, this](const result<msg::upload_started>& resumed) {
                               if (!resumed && resumed.error().code == errc::upload_unknown)
                                 return lose_upload(of, [=, this] { end(of); });
                               if (!resumed) {
                                 // A collection looks at it just now.
                                 if (resumed.error().code != errc::upload_busy)
                                   unexpected(of, resumed.error());
                                 return end(of);
                               }
                               of->by->upload->session = resumed->session;
                               learn_offset(of, then);
                             });
  });
}

void world::learn_offset(const request_ptr& of, const std::function<void()>& then) {
  ask<msg::upload_status>(of, of->by->upload->session, msg::get_upload_status{},
                          [=, this](const result<msg::upload_status>& status) {
                            if (status) {
                              take_offset(of, status->offset);
                              return then();
                            }
                            // The session has ended; the next request wakes another.
                            of->by->upload->session = upload_session_actor{};
                            if (status.error().code == errc::upload_unknown)
                              return lose_upload(of, [=, this] { end(of); });
                            unexpected(of, status.error());
                            end(of);
                          });
}

void world::take_offset(const request_ptr& of, std::uint64_t offset) {
  auto& upload = *of->by->upload;
  if (offset < upload.least || offset > upload.most)
    fail(to_string(of->what) + ": an upload stands at " + std::to_string(offset) + ", not at " +
         std::to_string(upload.least) + " to " + std::to_string(upload.most));
  upload.least = upload.most = upload.kept = offset;
}

/// The registry does not know the upload any more.
void world::lose_upload(const request_ptr& of, const std::function<void()>& then) {
  const auto upload = *std::exchange(of->by->upload, std::nullopt);
  const bool expired = now_ - upload.saved >= registry_->services().options.upload_expiry;
  // The answer of a disk that failed may have been lost with a process.
  const bool disk_fails = told_.around.faults > 0 || told_.around.capacity < usual_capacity;
  if (upload.may_be_gone || expired || (upload.finish && disk_fails))
    return then();
  if (!upload.finish) {
    fail(to_string(of->what) + ": an upload is gone");
    return then();
  }
  // Then its blob is there, unless it was removed.
  const auto [began, time] = *upload.finish;
  known_.add_promise(blob_name(upload.repository, upload.blob->id),
                     {began, began, time + registry_->services().options.blob_lease});
  read_blob(of, upload.repository, upload.blob->id, false, then);
}

void world::add_chunk(const request_ptr& of) {
  wake_upload(of, [=, this] { send_chunk(of); });
}

void world::send_chunk(const request_ptr& of) {
  auto& upload = *of->by->upload;
  const auto left = std::string_view{upload.blob->bytes}.substr(upload.least);
  if (left.empty())
    return end(of);
  const auto part = left.substr(0, 1 + of->what.first % left.size());
  upload.most = upload.least + part.size();
  ask<msg::upload_status>(of, upload.session, msg::add_chunk{{}, chunk_of(part)},
                          [=, this](const result<msg::upload_status>& added) {
                            auto& fed = *of->by->upload;
                            if (added) {
                              fed.least = fed.most;
                              fed.saved = of->time;
                              fed.kept = fed.most;
                              take_offset(of, added->offset);
                            } else {
                              unexpected(of, added.error());
                              fed.may_be_gone = true; // a full disk ends it
                            }
                            end(of);
                          });
}

void world::finish_upload(const request_ptr& of) {
  wake_upload(of, [=, this] { send_finish(of); });
}

void world::send_finish(const request_ptr& of) {
  auto& upload = *of->by->upload;
  const auto thing = blob_name(upload.repository, upload.blob->id);
  const auto ticket = known_.begin_change(thing, true, steps_.now());
  const auto left = std::string_view{upload.blob->bytes}.substr(upload.least);
  msg::finish_upload finish{upload.blob->id};
  if (!left.empty())
    finish.last = msg::add_chunk{{.range = {}, .length = {}, .final = true}, chunk_of(left)};
  upload.most = upload.blob->bytes.size();
  if (!upload.finish)
    upload.finish = std::pair{steps_.now(), now_};
  ask<msg::blob_reply>(of, upload.session, std::move(finish),
                       [=, this](const result<msg::blob_reply>& finished) {
                         if (finished) {
                           known_.end_change(thing, true, ticket, outcome::done, steps_.now());
                           known_.add_promise(thing, {of->began, steps_.now(), lease_of(of)});
                           of->by->upload.reset();
                         } else {
                           known_.end_change(thing, true, ticket, outcome::unknown, steps_.now());
                           unexpected(of, finished.error());
                           of->by->upload->may_be_gone = true;
                         }
                         end(of);
                       });
}

void world::cancel_upload(const request_ptr& of) {
  wake_upload(of, [=, this] {
    of->by->upload->may_be_gone = true;
    ask<msg::acknowledged>(of, of->by->upload->session, msg::cancel_upload{},
                           [=, this](const result<msg::acknowledged>& cancelled) {
                             if (cancelled)
                               of->by->upload.reset();
                             else
                               unexpected(of, cancelled.error());
                             end(of);
                           });
  });
}

void world::ask_upload(const request_ptr& of) {
  wake_upload(of, [=, this] { end(of); });
}

// --- blobs ---

void world::check_bytes(const request_ptr& of, const blob_ptr& found) {
  const auto* known = all_content().find(found->id());
  const auto bytes = bytes_of(*found);
  if (!known || !bytes || *bytes != known->bytes)
    fail(to_string(of->what) + ": a blob has other bytes");
}

void world::read_blob(const request_ptr& of, const repository_name& from, const digest& id,
                      bool lease, std::function<void()> then) {
  with_repository(of, from, [=, this](const repository_actor& home) {
    ask<msg::blob_reply>(of, home, msg::get_blob{id, lease},
                         [=, this](const result<msg::blob_reply>& found) {
                           const auto thing = blob_name(from, id);
                           if (found) {
                             check_present(of, thing);
                             check_bytes(of, found->value);
                             if (lease)
                               known_.add_promise(thing, {of->began, steps_.now(), lease_of(of)});
                           } else {
                             check_absent(of, thing, found.error());
                           }
                           then();
                         });
  });
}

void world::mount_blob(const request_ptr& of) {
  const auto& from = repository_of(of->what);
  const auto& to = repository_of({action::mount_blob, 0, 0, of->what.second + 1});
  const auto id = blob_of(of->what).id;
  with_repository(of, from, [=, this](const repository_actor& source) {
    ask<msg::blob_reply>(
      of, source, msg::get_blob{id, true}, [=, this](const result<msg::blob_reply>& found) {
        if (!found)
          return end(of);
        check_present(of, blob_name(from, id));
        known_.add_promise(blob_name(from, id), {of->began, steps_.now(), lease_of(of)});
        link_blob(of, to, found->value);
      });
  });
}

void world::link_blob(const request_ptr& of, const repository_name& to, const blob_ptr& found) {
  const auto thing = blob_name(to, found->id());
  with_repository(of, to, [=, this](const repository_actor& target) {
    const auto ticket = known_.begin_change(thing, true, steps_.now());
    ask<msg::acknowledged>(of, target, msg::link_blob{found},
                           [=, this](const result<msg::acknowledged>& linked) {
                             const auto how = linked ? outcome::done : outcome_of(linked.error());
                             known_.end_change(thing, true, ticket, how, steps_.now());
                             if (linked)
                               known_.add_promise(thing, {of->began, steps_.now(), lease_of(of)});
                             else if (now_ < lease_of(of))
                               unexpected(of, linked.error());
                             end(of);
                           });
  });
}

void world::delete_blob(const request_ptr& of) {
  const auto thing = blob_name(repository_of(of->what), blob_of(of->what).id);
  with_repository(of, repository_of(of->what), [=, this](const repository_actor& home) {
    const auto ticket = known_.begin_change(thing, false, steps_.now());
    ask<msg::acknowledged>(of, home, msg::delete_blob{blob_of(of->what).id},
                           [=, this](const result<msg::acknowledged>& removed) {
                             const auto how = removed ? outcome::done : outcome_of(removed.error());
                             known_.end_change(thing, false, ticket, how, steps_.now());
                             if (!removed)
                               check_absent(of, thing, removed.error());
                             end(of);
                           });
  });
}

// --- manifests and tags ---

void world::put_manifest(const request_ptr& of) {
  const auto& to = repository_of(of->what);
  const auto names = tags_of(of->what);
  const auto value = manifest_of(of->what);
  with_repository(of, to, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    std::vector<ledger::part> all{
      known_.begin(manifest_name(to, value->id()), ledger::effect::stores, began)};
    for (const auto& name : names)
      all.push_back(known_.begin(tag_name(to, name), value->id(), began));
    known_.join(all);
    ask<msg::manifest_stored>(of, home, msg::put_manifest{value, names},
                              [=, this](const result<msg::manifest_stored>& put) {
                                known_.end(all, put ? outcome::done : outcome_of(put.error()),
                                           steps_.now());
                                manifest_put(of, to, value, put);
                                end(of);
                              });
  });
}

void world::manifest_put(const request_ptr& of, const repository_name& to,
                         const manifest_ptr& value, const result<msg::manifest_stored>& put) {
  const auto thing = manifest_name(to, value->id());
  const auto blobs = blobs_of(*value);
  if (!put) {
    const bool refused = put.error().code == errc::manifest_blob_unknown;
    if (!refused)
      unexpected(of, put.error());
    else if (std::ranges::all_of(blobs,
                                 [&](const auto& id) { return must_exist(of, blob_name(to, id)); }))
      fail(to_string(of->what) + ": a manifest is refused, and its blobs are there");
    return;
  }
  known_.add_promise(thing, {of->began, steps_.now(), untagged_until(of)});
  for (const auto& id : blobs) {
    check_present(of, blob_name(to, id));
    known_.add_promise(blob_name(to, id), {of->began, steps_.now(), time_point::max(), thing});
  }
}

void world::read_manifest(const request_ptr& of, const repository_name& from, const reference& name,
                          bool lease, std::function<void(const manifest_ptr&)> then) {
  with_repository(of, from, [=, this](const repository_actor& home) {
    ask<msg::manifest_reply>(of, home, msg::get_manifest{name, lease},
                             [=, this](const result<msg::manifest_reply>& found) {
                               if (const auto* wanted = std::get_if<tag>(&name))
                                 check_tag(of, from, *wanted, found);
                               else
                                 check_manifest(of, from, std::get<digest>(name), lease, found);
                               then(found ? found->value : nullptr);
                             });
  });
}

void world::check_tag(const request_ptr& of, const repository_name& from, const tag& name,
                      const result<msg::manifest_reply>& found) {
  if (!found && found.error().code != errc::manifest_unknown)
    return unexpected(of, found.error());
  const auto value = found ? std::optional{found->value->id()} : std::nullopt;
  if (!known_.may_be(tag_name(from, name), value, {of->began, steps_.now()}))
    fail(to_string(of->what) + ": a tag is " + (value ? value->hex().substr(0, 6) : "none") + ':' +
         known_.describe(tag_name(from, name)));
  if (found)
    check_present(of, manifest_name(from, *value));
}

void world::check_manifest(const request_ptr& of, const repository_name& from, const digest& id,
                           bool lease, const result<msg::manifest_reply>& found) {
  const auto thing = manifest_name(from, id);
  if (!found)
    return check_absent(of, thing, found.error());
  check_present(of, thing);
  const auto known =
    std::ranges::find(all_content().manifests, id, [](const auto& each) { return each->id(); });
  if (found->value->bytes() != (*known)->bytes())
    fail(to_string(of->what) + ": a manifest has other bytes");
  if (lease)
    known_.add_promise(
      thing, {of->began, steps_.now(), of->time + registry_->services().options.gc.grace});
}

void world::delete_tag(const request_ptr& of) {
  const auto& from = repository_of(of->what);
  const auto& name = choose(all_content().tags, of->what.first);
  with_repository(of, from, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    const auto ticket = known_.begin_tag(tag_name(from, name), std::nullopt, began);
    ask<msg::acknowledged>(
      of, home, msg::delete_manifest{name}, [=, this](const result<msg::acknowledged>& removed) {
        const auto how = removed ? outcome::done : outcome_of(removed.error());
        known_.end_tag(tag_name(from, name), ticket, how, steps_.now());
        if (how == outcome::undone &&
            (removed.error().code != errc::manifest_unknown ||
             !known_.may_be(tag_name(from, name), std::nullopt, {began, steps_.now()})))
          fail(to_string(of->what) + ": " + code_of(removed.error()));
        end(of);
      });
  });
}

void world::delete_manifest(const request_ptr& of) {
  const auto& from = repository_of(of->what);
  const auto id = manifest_of(of->what)->id();
  with_repository(of, from, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    const auto thing = manifest_name(from, id);
    const auto ticket = known_.begin_change(thing, false, began);
    std::vector<ledger::ticket> tickets;
    for (const auto& each : all_content().tags)
      tickets.push_back(known_.begin_tag(tag_name(from, each), std::nullopt, began, id));
    ask<msg::acknowledged>(
      of, home, msg::delete_manifest{id}, [=, this](const result<msg::acknowledged>& removed) {
        const auto how = removed ? outcome::done : outcome_of(removed.error());
        known_.end_change(thing, false, ticket, how, steps_.now());
        for (std::size_t i = 0; i < tickets.size(); ++i)
          known_.end_tag(tag_name(from, all_content().tags[i]), tickets[i], how, steps_.now());
        if (!removed)
          check_absent(of, thing, removed.error());
        end(of);
      });
  });
}

} // namespace gantry::simulation
