#include "actors/repository.hpp"

#include "actors/dispatch.hpp"
#include "actors/upload_session.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <utility>

namespace gantry {

namespace {

/// Converts the engine's completion into the actor's reply.
completion<void> answer_with(completion<msg::acknowledged> done) {
  return [done = std::move(done)](result<void> outcome) {
    done(outcome ? result<msg::acknowledged>{msg::acknowledged{}}
                 : result<msg::acknowledged>{std::move(outcome).error()});
  };
}

} // namespace

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

result<msg::manifest_reply> repository_state::find_manifest(const reference& wanted, bool lease) {
  if (lease)
    hold();
  // Without this policy, only a deletion removes a manifest.
  const auto& policy = services_->options.gc;
  auto found = lease && policy.delete_untagged
                 ? store_->lease_manifest(wanted, services_->now() + policy.grace)
                 : store_->find_manifest(wanted);
  if (!found)
    return std::move(found).error();
  return msg::manifest_reply{std::move(*found)};
}

result<msg::tag_page> repository_state::list_tags(const page_request& request) const {
  if (!store_->has_manifests())
    return fail(errc::name_unknown, repository_->to_string());
  return msg::tag_page{store_->list_tags(request)};
}

result<msg::blob_reply> repository_state::find_blob(const digest& id, bool lease) {
  if (lease)
    hold();
  auto found = lease ? store_->lease_blob(id, services_->now() + services_->options.blob_lease)
                     : store_->find_blob(id);
  if (!found)
    return std::move(found).error();
  return msg::blob_reply{std::move(*found)};
}

void repository_state::put_manifest(const msg::put_manifest& request,
                                    completion<msg::manifest_stored> done) {
  hold();
  const auto& policy = services_->options.validation;
  manifest_write write{.value = request.value,
                       .tags = request.tags,
                       .immutable_tags = immutable(request.tags),
                       .max_repositories = services_->options.max_repositories,
                       .references = policy.reference,
                       .check_sizes = policy.manifest == validation_policy::manifests::check};
  store_->put_manifest(std::move(write),
                       [done = std::move(done)](result<missing_references> stored) mutable {
                         if (stored)
                           done(msg::manifest_stored{std::move(*stored)});
                         else
                           done(std::move(stored).error());
                       });
}

void repository_state::delete_manifest(const reference& target,
                                       completion<msg::acknowledged> done) {
  if (const auto* wanted = std::get_if<tag>(&target))
    store_->delete_tag(*wanted, answer_with(std::move(done)));
  else
    store_->delete_manifest(std::get<digest>(target), answer_with(std::move(done)));
}

void repository_state::link_blob(const blob_ptr& linked, completion<msg::acknowledged> done) {
  hold();
  store_->link_blob(linked, answer_with(std::move(done)));
}

void repository_state::unlink_blob(const digest& id, completion<msg::acknowledged> done) {
  store_->unlink_blob(id, answer_with(std::move(done)));
}

result<void> repository_state::may_hold_manifests() const {
  const auto limit = services_->options.max_repositories;
  if (limit == 0 || store_->has_manifests() ||
      services_->engine.metadata().repository_count() < limit)
    return {};
  return fail(errc::quota_reached, "the limit is " + std::to_string(limit));
}

void repository_state::touch() {
  used_->touch(services_->now());
}

bool repository_state::may_sleep(const msg::sleep_if_idle& request) const {
  if (open_uploads_ > 0 || open_writes_ > 0)
    return false;
  if (request.crowded || request.now - used_->at() >= services_->options.repository_idle)
    return true;
  if (holds_something_)
    return false;
  try {
    // An empty repository is not worth keeping in memory; the next request wakes it again.
    return !services_->engine.metadata().contains(*repository_);
  } catch (const storage_failure&) {
    return false;
  }
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

/// `reply_later` with a count of open writes: a repository that slept meanwhile would never answer.
template <class Reply, class Start>
caf::result<Reply> write(repository_actor::stateful_pointer<repository_state> self,
                         const telemetry::span_context& part_of, Start start) {
  self->state.write_started();
  return reply_later<Reply>(self, as_span<Reply>(part_of, "write", std::move(start)),
                            [self] { self->state.write_ended(); });
}

using repository_pointer = repository_actor::stateful_pointer<repository_state>;

/// Replies with what `ask` finds in the store, if nothing is to be decided.
template <class Ask>
auto query(repository_pointer self, Ask ask) {
  using answer = decltype(ask(self->state.store()));
  self->state.touch();
  return reply([&] { return result<answer>{ask(self->state.store())}; });
}

void sleep_if_idle(repository_pointer self, registry_services& services,
                   const msg::sleep_if_idle& request) {
  if (!self->state.may_sleep(request))
    return;
  const auto here = caf::actor_cast<repository_actor>(self);
  services.repositories.erase_if(self->state.repository(),
                                 [&](const auto& handle) { return handle == here; });
  self->quit();
}

/// If the upload did not start, the repository may be empty.
caf::result<msg::upload_started>
reply_or_sleep(repository_pointer self, registry_services& services,
               const std::function<result<msg::upload_started>()>& work) {
  auto started = attempt(work);
  if (!started)
    self->send(self, msg::sleep_if_idle{services.now()});
  return to_caf(std::move(started));
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
      self->state.touch();
      return reply([&] { return self->state.find_manifest(m.name, m.lease); });
    },
    [self](const msg::put_manifest& m) {
      self->state.touch();
      return write<msg::manifest_stored>(
        self, m.part_of, [&](auto done) { self->state.put_manifest(m, std::move(done)); });
    },
    [self](const msg::delete_manifest& m) {
      self->state.touch();
      return write<msg::acknowledged>(
        self, m.part_of, [&](auto done) { self->state.delete_manifest(m.name, std::move(done)); });
    },
    [self](const msg::list_tags& m) {
      self->state.touch();
      return reply([&] { return self->state.list_tags(m.page); });
    },
    [self](const msg::list_referrers& m) {
      return query(self, [&](const auto& store) {
        return msg::referrers_reply{store.list_referrers(m.subject, m.query)};
      });
    },
    [self](const msg::get_blob& m) {
      self->state.touch();
      return reply([&] { return self->state.find_blob(m.id, m.lease); });
    },
    [self](const msg::link_blob& m) {
      self->state.touch();
      return write<msg::acknowledged>(
        self, m.part_of, [&](auto done) { self->state.link_blob(m.linked, std::move(done)); });
    },
    [self](const msg::delete_blob& m) {
      self->state.touch();
      return write<msg::acknowledged>(
        self, m.part_of, [&](auto done) { self->state.unlink_blob(m.id, std::move(done)); });
    },
    [self, services](const msg::start_upload& m) {
      self->state.touch();
      return reply_or_sleep(self, *services, [&] { return start_upload(self, *services, m); });
    },
    [self, services](const msg::resume_upload& m) {
      self->state.touch();
      return reply_or_sleep(self, *services, [&] { return resume_upload(self, *services, m.id); });
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
