// What the clients do, and what they check.
#include "simulation/world.hpp"

#include "storage/api/bytes_of.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace gantry::simulation {

namespace {

template <class T>
const T& choose(const std::vector<T>& from, std::uint32_t number) {
  return from[number % from.size()];
}

const repository_name& repository_of(const operation& what) {
  return choose(all_content().repositories, what.second);
}
const blob_content& blob_of(const operation& what) {
  return choose(all_content().blobs, what.first);
}
const manifest_ptr& manifest_of(const operation& what) {
  return choose(all_content().manifests, what.first);
}

msg::chunk chunk_of(std::string_view text) {
  std::shared_ptr<std::byte[]> bytes{new std::byte[text.size() + 1]};
  std::ranges::transform(text, bytes.get(), [](char c) { return static_cast<std::byte>(c); });
  return {bytes, text.size()};
}

outcome outcome_of(const error& why) {
  return says_nothing(why) ? outcome::unknown : outcome::undone;
}

std::string code_of(const error& why) {
  return std::string{to_string(why.code)};
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

template <class Reply, class Handle, class Message>
void world::ask(const request_ptr& of, const Handle& receiver, Message question,
                std::function<void(result<Reply>)> then) {
  of->by->requests->ask<Reply>(receiver, std::move(question),
                               [this, of, then = std::move(then)](result<Reply> reply) {
                                 tell_answer(of, reply ? "done" : to_string(reply.error().code));
                                 if (of->life == life_)
                                   then(std::move(reply));
                               });
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
  const auto& name = choose(all_content().tags, of->what.second >> 1U);
  const auto value = manifest_of(of->what);
  with_repository(of, to, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    const auto ticket = known_.begin_tag(tag_name(to, name), value->id(), began);
    const auto stored = known_.begin_change(manifest_name(to, value->id()), true, began);
    ask<msg::manifest_stored>(of, home, msg::put_manifest{value, {name}},
                              [=, this](const result<msg::manifest_stored>& put) {
                                const auto how = put ? outcome::done : outcome_of(put.error());
                                known_.end_tag(tag_name(to, name), ticket, how, steps_.now());
                                known_.end_change(manifest_name(to, value->id()), true, stored, how,
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
  const auto until = told_.around.delete_untagged
                       ? of->time + registry_->services().options.gc.grace
                       : time_point::max();
  known_.add_promise(thing, {of->began, steps_.now(), until});
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

void world::delete_repository(const request_ptr& of) {
  const auto& from = repository_of(of->what);
  with_repository(of, from, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    std::vector<ledger::ticket> manifests;
    std::vector<ledger::ticket> tags;
    for (const auto& each : all_content().manifests)
      manifests.push_back(known_.begin_change(manifest_name(from, each->id()), false, began));
    for (const auto& each : all_content().tags)
      tags.push_back(known_.begin_tag(tag_name(from, each), std::nullopt, began));
    ask<msg::changed>(
      of, home, msg::delete_manifests{}, [=, this](const result<msg::changed>& removed) {
        const auto how = removed ? outcome::done : outcome_of(removed.error());
        for (std::size_t i = 0; i < manifests.size(); ++i)
          known_.end_change(manifest_name(from, all_content().manifests[i]->id()), false,
                            manifests[i], how, steps_.now());
        for (std::size_t i = 0; i < tags.size(); ++i)
          known_.end_tag(tag_name(from, all_content().tags[i]), tags[i], how, steps_.now());
        if (!removed)
          unexpected(of, removed.error());
        end(of);
      });
  });
}

// --- copies ---

void world::copy_manifest(const request_ptr& of) {
  const auto& from = repository_of(of->what);
  const auto& to = repository_of({action::copy_manifest, 0, 0, of->what.second + 1});
  const auto& name = choose(all_content().tags, of->what.second >> 1U);
  const auto value = manifest_of(of->what);
  with_repository(of, to, [=, this](const repository_actor& home) {
    const auto began = steps_.now();
    const auto thing = manifest_name(to, value->id());
    const auto ticket = known_.begin_tag(tag_name(to, name), value->id(), began);
    const auto stored = known_.begin_change(thing, true, began);
    std::vector<ledger::ticket> links;
    for (const auto& id : blobs_of(*value))
      links.push_back(known_.begin_change(blob_name(to, id), true, began));
    ask<msg::changed>(of, home, msg::copy_manifests{from, {{value, {name}}}},
                      [=, this](const result<msg::changed>& copied) {
                        const auto how = copied ? outcome::done : outcome_of(copied.error());
                        const auto blobs = blobs_of(*value);
                        known_.end_tag(tag_name(to, name), ticket, how, steps_.now());
                        known_.end_change(thing, true, stored, how, steps_.now());
                        for (std::size_t i = 0; i < links.size(); ++i)
                          known_.end_change(blob_name(to, blobs[i]), true, links[i], how,
                                            steps_.now());
                        manifest_copied(of, value, copied);
                      });
  });
}

void world::manifest_copied(const request_ptr& of, const manifest_ptr& value,
                            const result<msg::changed>& copied) {
  const auto& from = repository_of(of->what);
  const auto& to = repository_of({action::copy_manifest, 0, 0, of->what.second + 1});
  const auto thing = manifest_name(to, value->id());
  if (!copied) {
    if (copied.error().code == errc::manifest_unknown)
      check_absent(of, manifest_name(from, value->id()), copied.error());
    else
      unexpected(of, copied.error());
    return end(of);
  }
  check_present(of, manifest_name(from, value->id()));
  const auto until = told_.around.delete_untagged
                       ? of->time + registry_->services().options.gc.grace
                       : time_point::max();
  known_.add_promise(thing, {of->began, steps_.now(), until});
  read_copied(of, blobs_of(*value), thing);
}

/// What the other repository had lost is not copied.
void world::read_copied(const request_ptr& of, std::vector<digest> blobs,
                        const name_in& needed_by) {
  if (blobs.empty())
    return end(of);
  const auto& from = repository_of(of->what);
  const auto& to = repository_of({action::copy_manifest, 0, 0, of->what.second + 1});
  const auto id = blobs.back();
  blobs.pop_back();
  const auto began = steps_.now();
  with_repository(of, to, [=, this](const repository_actor& home) {
    ask<msg::blob_reply>(
      of, home, msg::get_blob{id, false}, [=, this](const result<msg::blob_reply>& found) {
        const auto thing = blob_name(to, id);
        if (found)
          known_.add_promise(thing, {began, steps_.now(), time_point::max(), needed_by});
        else if (!says_nothing(found.error()) && !known_.may_be_removed(thing) &&
                 !known_.may_be_removed(blob_name(from, id)) &&
                 known_.may_exist(needed_by, {steps_.now(), steps_.now()}))
          fail(to_string(of->what) + ": a manifest was copied without its blob " + thing.second +
               ':' + known_.describe(thing));
        read_copied(of, blobs, needed_by);
      });
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
  struct expected {
    name_in thing;
    ledger::ticket ticket;
    bool is_tag;
    bool stores;
  };
  const auto& at = repository_of(of->what);
  const auto began = steps_.now();
  std::vector<expected> all;
  for (const auto& each : change) {
    if (each.name) {
      const auto thing = tag_name(at, *each.name);
      all.push_back({thing, known_.begin_tag(thing, each.before, began), true, true});
    }
    if (each.before) {
      const auto thing = manifest_name(at, *each.before);
      all.push_back({thing, known_.begin_change(thing, true, began), false, true});
    } else if (!each.name) {
      const auto thing = manifest_name(at, *each.after);
      all.push_back({thing, known_.begin_change(thing, false, began), false, false});
    }
  }
  ask<msg::undone>(of, home, msg::undo{gantry::undo_change{change.front().sequence}},
                   [=, this](const result<msg::undone>& taken) {
                     const auto how = taken ? outcome::done : outcome_of(taken.error());
                     for (const auto& each : all)
                       if (each.is_tag)
                         known_.end_tag(each.thing, each.ticket, how, steps_.now());
                       else
                         known_.end_change(each.thing, each.stores, each.ticket, how, steps_.now());
                     if (!taken && taken.error().code != errc::undo_refused &&
                         taken.error().code != errc::history_unknown)
                       unexpected(of, taken.error());
                     if (taken)
                       check_returned(of, at, taken->entries);
                     else
                       end(of);
                   });
}

/// A manifest that returned needs its blobs again.
void world::check_returned(const request_ptr& of, const repository_name& to,
                           const std::vector<history_entry>& added) {
  for (const auto& each : added) {
    if (each.name || !each.after)
      continue;
    const auto value = *std::ranges::find(all_content().manifests, *each.after,
                                          [](const auto& m) { return m->id(); });
    return read_returned(of, to, blobs_of(*value), manifest_name(to, *each.after));
  }
  end(of);
}

/// Blobs stay with a manifest that is kept, unless they were deleted themselves.
void world::read_returned(const request_ptr& of, const repository_name& to,
                          std::vector<digest> blobs, const name_in& needed_by) {
  if (blobs.empty())
    return end(of);
  const auto id = blobs.back();
  blobs.pop_back();
  const auto began = steps_.now();
  with_repository(of, to, [=, this](const repository_actor& home) {
    ask<msg::blob_reply>(
      of, home, msg::get_blob{id, false}, [=, this](const result<msg::blob_reply>& found) {
        const auto thing = blob_name(to, id);
        if (found)
          known_.add_promise(thing, {began, steps_.now(), time_point::max(), needed_by});
        else if (!says_nothing(found.error()) && !known_.may_be_removed(thing) &&
                 known_.may_exist(needed_by, {steps_.now(), steps_.now()}))
          fail(to_string(of->what) + ": a manifest returned without its blob " + thing.second +
               ':' + known_.describe(thing));
        read_returned(of, to, blobs, needed_by);
      });
  });
}

} // namespace gantry::simulation
