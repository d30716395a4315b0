#include "actors/repository.hpp"

#include "actors/dispatch.hpp"
#include "actors/upload_start.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace gantry {

void repository_state::open(registry_services& services, const repository_name& repository,
                            last_use_ptr used) {
  services_ = &services;
  generation_ = services.generation;
  used_ = std::move(used);
  repository_ = repository;
  store_ = services.engine.metadata().open(repository);
  if (!services.immutable_tags->empty())
    store_->protect(services.immutable_tags);
  touch();
}

void repository_state::find_manifest(const reference& wanted, bool lease,
                                     completion<manifest_ptr> done) {
  if (lease)
    hold();
  // Without this policy, only a deletion removes a manifest.
  const auto& policy = services_->options.gc;
  if (lease && policy.delete_untagged)
    store_->lease_manifest(wanted, services_->now() + policy.grace, std::move(done));
  else
    store_->find_manifest(wanted, std::move(done));
}

void repository_state::put_manifest(const msg::put_manifest& request,
                                    completion<missing_references> done) {
  hold();
  const auto& policy = services_->options.validation;
  manifest_write write{.value = request.value,
                       .tags = request.tags,
                       .immutable_tags = immutable(request.tags),
                       .max_repositories = services_->options.max_repositories,
                       .references = policy.reference,
                       .check_sizes = policy.manifest == validation_policy::manifests::check,
                       .by = request.by};
  store_->put_manifest(std::move(write), std::move(done));
}

void repository_state::delete_manifest(const msg::delete_manifest& request, completion<void> done) {
  if (const auto* wanted = std::get_if<tag>(&request.name))
    store_->delete_tag(*wanted, request.by, std::move(done));
  else
    store_->delete_manifest(std::get<digest>(request.name), removal_of(request.by, request.purge),
                            std::move(done));
}

void repository_state::copy_manifests(const msg::copy_manifests& request,
                                      completion<change_summary> done) {
  hold();
  manifest_copy copy{request.from, {}};
  for (const auto& each : request.manifests)
    copy.manifests.push_back({.value = each.value,
                              .tags = each.tags,
                              .immutable_tags = immutable(each.tags),
                              .max_repositories = services_->options.max_repositories,
                              .by = request.by,
                              .is_copied = true});
  store_->copy_manifests(std::move(copy), std::move(done));
}

void repository_state::delete_manifests(const msg::delete_manifests& request,
                                        completion<change_summary> done) {
  store_->delete_manifests(removal_of(request.by, request.purge), std::move(done));
}

void repository_state::expire(const msg::expire_tags& request, completion<change_summary> done) {
  store_->expire({request.tags, removal_of(request.by, false)}, std::move(done));
}

void repository_state::undo(const msg::undo& request, completion<std::vector<history_entry>> done) {
  hold();
  store_->undo({.what = request.what,
                .how = removal_of(request.by, false),
                .max_repositories = services_->options.max_repositories},
               std::move(done));
}

removal repository_state::removal_of(const changer_ptr& by, bool purge) const {
  if (purge)
    return {by, remains::purged};
  const auto& window = services_->options.gc.undo_window;
  return {by, window && window->count() > 0 ? remains::kept : remains::nothing};
}

void repository_state::link_blob(const blob_ptr& linked, completion<void> done) {
  hold();
  store_->link_blob(linked, std::move(done));
}

void repository_state::unlink_blob(const digest& id, completion<void> done) {
  store_->unlink_blob(id, std::move(done));
}

void repository_state::touch() {
  used_->touch(services_->now());
}

bool repository_state::is_idle(const msg::sleep_if_idle& request) const {
  return request.crowded || request.now - used_->at() >= services_->options.repository_idle;
}

std::vector<tag> repository_state::immutable(const std::vector<tag>& tags) const {
  std::vector<tag> matching;
  std::copy_if(tags.begin(), tags.end(), std::back_inserter(matching), [this](const tag& each) {
    return services_->immutable_tags->match(each.to_string());
  });
  return matching;
}

void repository_state::hold() {
  const auto& options = services_->options;
  const auto longest =
    open_uploads_ > 0 ? std::max(options.upload_expiry, options.blob_lease) : options.blob_lease;
  store_->hold_until(services_->now() + longest);
}

void repository_state::upload_opened() {
  ++open_uploads_;
  hold();
}

void repository_state::upload_ended() {
  if (--open_uploads_ == 0)
    hold();
}

namespace {

using repository_pointer = repository_actor::stateful_pointer<repository_state>;

/// Replies with the answer of the engine.
template <class Reply, class T, class Start>
caf::result<Reply> query(repository_pointer self, Start start) {
  self->state.touch();
  return reply_when<Reply>(self, [&](auto done) {
    ask_engine<T>(self, std::move(start),
                  [done](result<T> outcome) { done(as_reply<Reply>(std::move(outcome))); });
  });
}

/// Replies when the write is as durable as the engine makes it.
template <class Reply, class T, class Start>
caf::result<Reply> write(repository_pointer self, const telemetry::span_context& part_of,
                         Start start) {
  return query<Reply, T>(self, as_span<T>(part_of, "write", std::move(start)));
}

caf::result<msg::blob_reply> find_blob(repository_pointer self, const digest& id) {
  return query<msg::blob_reply, blob_ptr>(
    self, [&](auto done) { self->state.store().find_blob(id, std::move(done)); });
}

/// Calls `next(outcome)` when the blob store has leased the digest.
template <class Next>
void ask_for_lease(repository_pointer self, const registry_services& services, const digest& id,
                   Next next) {
  self->state.call_started();
  const auto answered = [self, next = std::move(next)](result<void> outcome) {
    self->state.call_ended();
    next(std::move(outcome));
  };
  self->request(services.blob_store(id), caf::infinite, msg::lease_blob{id})
    .then([answered](const msg::acknowledged&) { answered({}); },
          [answered](const caf::error& failed) { answered(from_caf(failed)); });
}

/// Looks twice: clients may ask for any digest, but only one that exists is leased, and a
/// collection may have taken it before it was.
caf::result<msg::blob_reply> lease_blob(repository_pointer self, registry_services& services,
                                        const digest& id) {
  self->state.touch();
  self->state.hold();
  return reply_when<msg::blob_reply>(self, [&](auto done) {
    const auto look = [self, id](auto next) {
      ask_engine<blob_ptr>(
        self, [&](auto answer) { self->state.store().find_blob(id, std::move(answer)); },
        std::move(next));
    };
    look([self, &services, id, look, done](const result<blob_ptr>& found) {
      if (!found)
        return done(found.error());
      ask_for_lease(self, services, id, [look, done](const result<void>& leased) {
        if (!leased)
          return done(leased.error());
        look([done](result<blob_ptr> still) { done(as_reply<msg::blob_reply>(std::move(still))); });
      });
    });
  });
}

/// Only an empty page can be that of a repository without manifests.
caf::result<msg::tag_page> list_tags(repository_pointer self, const page_request& request) {
  self->state.touch();
  return reply_when<msg::tag_page>(self, [&](auto done) {
    const auto& store = self->state.store();
    auto judge = [self, done](page<tag> listed) {
      ask_engine<bool>(
        self, [&](auto answer) { self->state.store().has_manifests(std::move(answer)); },
        [self, done, listed = std::move(listed)](result<bool> any) mutable {
          if (any && !*any)
            any = fail(errc::name_unknown, self->state.repository().to_string());
          if (any)
            done(msg::tag_page{std::move(listed)});
          else
            done(std::move(any).error());
        });
    };
    ask_engine<page<tag>>(
      self, [&](auto answer) { store.list_tags(request, std::move(answer)); },
      [done, judge](result<page<tag>> listed) {
        if (listed && listed->items.empty())
          judge(std::move(*listed));
        else
          done(as_reply<msg::tag_page>(std::move(listed)));
      });
  });
}

void sleep(repository_pointer self, registry_services& services) {
  const auto here = caf::actor_cast<repository_actor>(self);
  services.repositories.erase_if(self->state.repository(),
                                 [&](const auto& handle) { return handle == here; });
  self->quit();
}

/// An empty repository is not worth keeping in memory; the next request wakes it again.
void sleep_if_idle(repository_pointer self, registry_services& services,
                   const msg::sleep_if_idle& request) {
  if (!self->state.is_unused())
    return;
  if (self->state.is_idle(request))
    return sleep(self, services);
  ask_engine<bool>(
    self,
    [&](auto done) {
      services.engine.metadata().contains(self->state.repository(), std::move(done));
    },
    [self, &services](const result<bool>& holds_something) {
      if (holds_something && !*holds_something && self->state.is_unused())
        sleep(self, services);
    });
}

/// If the upload did not start, the repository may be empty.
template <class Start>
caf::result<msg::upload_started> reply_or_sleep(repository_pointer self,
                                                registry_services& services, Start start) {
  self->state.touch();
  return reply_when<msg::upload_started>(self, [&](auto done) {
    start([self, &services, done](result<msg::upload_started> started) {
      if (!started)
        self->send(self, msg::sleep_if_idle{services.now()});
      done(std::move(started));
    });
  });
}

} // namespace

repository_actor::behavior_type
repository(repository_actor::stateful_pointer<repository_state> self, registry_services* services,
           repository_name name, last_use_ptr used) {
  self->state.open(*services, name, std::move(used));
  self->set_down_handler([self, services](const caf::down_msg&) {
    self->state.upload_ended();
    sleep_if_idle(self, *services, {services->now()});
  });
  return {
    [self](const msg::get_manifest& m) {
      return query<msg::manifest_reply, manifest_ptr>(
        self, [&](auto done) { self->state.find_manifest(m.name, m.lease, std::move(done)); });
    },
    [self](const msg::put_manifest& m) {
      return write<msg::manifest_stored, missing_references>(
        self, m.part_of, [&](auto done) { self->state.put_manifest(m, std::move(done)); });
    },
    [self](const msg::delete_manifest& m) {
      return write<msg::acknowledged, void>(
        self, m.part_of, [&](auto done) { self->state.delete_manifest(m, std::move(done)); });
    },
    [self](const msg::copy_manifests& m) {
      return write<msg::changed, change_summary>(
        self, m.part_of, [&](auto done) { self->state.copy_manifests(m, std::move(done)); });
    },
    [self](const msg::delete_manifests& m) {
      return write<msg::changed, change_summary>(
        self, m.part_of, [&](auto done) { self->state.delete_manifests(m, std::move(done)); });
    },
    [self](const msg::expire_tags& m) {
      return write<msg::changed, change_summary>(
        self, m.part_of, [&](auto done) { self->state.expire(m, std::move(done)); });
    },
    [self](const msg::list_tags& m) { return list_tags(self, m.page); },
    [self](const msg::list_referrers& m) {
      return query<msg::referrers_reply, referrers_page>(self, [&](auto done) {
        self->state.store().list_referrers(m.subject, m.query, std::move(done));
      });
    },
    [self](const msg::list_history& m) {
      return query<msg::history_page, page<history_entry>>(
        self, [&](auto done) { self->state.store().list_history(m.query, std::move(done)); });
    },
    [self](const msg::undo& m) {
      return write<msg::undone, std::vector<history_entry>>(
        self, m.part_of, [&](auto done) { self->state.undo(m, std::move(done)); });
    },
    [self](const msg::list_removed& m) {
      return query<msg::removed_page, page<removed_manifest>>(
        self, [&](auto done) { self->state.store().list_removed(m.page, std::move(done)); });
    },
    [self, services](const msg::get_blob& m) {
      return m.lease ? lease_blob(self, *services, m.id) : find_blob(self, m.id);
    },
    [self](const msg::link_blob& m) {
      return write<msg::acknowledged, void>(
        self, m.part_of, [&](auto done) { self->state.link_blob(m.linked, std::move(done)); });
    },
    [self](const msg::delete_blob& m) {
      return write<msg::acknowledged, void>(
        self, m.part_of, [&](auto done) { self->state.unlink_blob(m.id, std::move(done)); });
    },
    [self, services](const msg::start_upload& m) {
      return reply_or_sleep(self, *services,
                            [&](auto done) { start_upload(self, *services, m, done); });
    },
    [self, services](const msg::resume_upload& m) {
      return reply_or_sleep(self, *services,
                            [&](auto done) { resume_upload(self, *services, m.id, done); });
    },
    [self, services](const msg::sleep_if_idle& m) { sleep_if_idle(self, *services, m); },
    [](const msg::resume& m) { m.run(); },
  };
}

repository_actor wake_repository(caf::local_actor& parent, registry_services& services,
                                 const repository_name& name, last_use_ptr used) {
  return parent.spawn(repository, &services, name, std::move(used));
}

} // namespace gantry
