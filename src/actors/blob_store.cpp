#include "actors/blob_store.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace gantry {

namespace {

/// Leases that ended long ago, and are forgotten for each new one: enough to keep up.
constexpr std::size_t forgotten_at_once = 4;

} // namespace

void blob_store_state::open(registry_services& services, std::size_t shard, lease_table_ptr table) {
  services_ = &services;
  released_ = &services.released[shard];
  leases_ = std::move(table);
  leases_->abandon();
  release(); // what the one before was told last
}

void blob_store_state::lease(const digest& id) {
  leases_->lease(id, lease_end());
  leases_->forget_ended(services_->now(), forgotten_at_once);
}

time_point blob_store_state::lease_end() const {
  return services_->now() + services_->options.blob_lease;
}

void blob_store_state::wait(const digest& id, std::function<void()> next) {
  waiting_[id].push_back(std::move(next));
}

void blob_store_state::go_on(const digest& id) {
  if (going_on_ == id)
    return; // called by one that this lets go on
  going_on_ = id;
  for (auto found = waiting_.find(id); found != waiting_.end(); found = waiting_.find(id)) {
    if (leases_->is_published_now(id) || leases_->is_swept_now(id))
      break;
    const auto next = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty())
      waiting_.erase(found);
    next();
  }
  going_on_.reset();
}

void blob_store_state::reserve(const msg::reserve_digests& request) {
  const auto now = services_->now();
  for (const auto& id : request.wanted)
    if (request.leased == leased_digests::may_go ? leases_->begin_removal(id)
                                                 : leases_->begin_sweep(id, now))
      request.held->push_back({id, leases_->leased_until(id)});
}

void blob_store_state::release() {
  for (const auto& each : released_->take()) {
    leases_->end_sweep(each.id, each.is_gone);
    go_on(each.id);
  }
}

namespace {

using blob_store_pointer = blob_store_actor::stateful_pointer<blob_store_state>;
using blob_done = shared_completion<msg::blob_reply>;

void end_publish(blob_store_pointer self, const digest& id) {
  self->state.leases().end_publish(id);
  self->state.go_on(id);
}

void publish(blob_store_pointer self, registry_services& services, const msg::publish_blob& m,
             const blob_done& done) {
  auto& state = self->state;
  if (!state.leases().begin_publish(m.id))
    return state.wait(m.id, [=, &services] { publish(self, services, m, done); });
  const auto start = [&](completion<blob_ptr> answer) {
    services.engine.blobs().publish(m.sink.take(), m.id, state.lease_end(), std::move(answer));
  };
  const auto settle = [self, &services, id = m.id](const blob_ptr& published) {
    when_answered<void>(
      self,
      [&](completion<void> answer) {
        services.engine.blobs().settle(published, std::move(answer));
      },
      [self, id](const result<void>&) { end_publish(self, id); });
  };
  when_answered<blob_ptr>(self, as_span<blob_ptr>(m.part_of, "publish", start),
                          [self, settle, id = m.id, done](const result<blob_ptr>& published) {
                            if (published)
                              self->state.lease(id);
                            done(as_reply<msg::blob_reply>(published));
                            if (published)
                              settle(*published);
                            else
                              end_publish(self, id);
                          });
}

void find(blob_store_pointer self, registry_services& services, const digest& id,
          const blob_done& done) {
  auto& leases = self->state.leases();
  const auto again = [self, &services, id, done] { find(self, services, id, done); };
  if (!leases.begin_search(id))
    return self->state.wait(id, again);
  when_answered<blob_ptr>(
    self, [&](auto answer) { services.engine.blobs().find(id, std::move(answer)); },
    [self, id, again, done](result<blob_ptr> found) {
      auto& table = self->state.leases();
      table.end_search(id);
      if (found)
        self->state.lease(id);
      else if (table.is_published_now(id))
        return self->state.wait(id, again);
      done(as_reply<msg::blob_reply>(std::move(found)));
    });
}

void lease(blob_store_pointer self, const digest& id,
           const shared_completion<msg::acknowledged>& done) {
  if (self->state.leases().is_swept_now(id))
    return self->state.wait(id, [self, id, done] { lease(self, id, done); });
  self->state.lease(id);
  done(msg::acknowledged{});
}

} // namespace

blob_store_actor::behavior_type blob_store(blob_store_pointer self, registry_services* services,
                                           std::size_t shard, lease_table_ptr table) {
  self->state.open(*services, shard, std::move(table));
  return {
    [self, services](const msg::publish_blob& m) {
      return reply_when<msg::blob_reply>(self,
                                         [&](auto done) { publish(self, *services, m, done); });
    },
    [self, services](const msg::find_blob& m) {
      return reply_when<msg::blob_reply>(self,
                                         [&](auto done) { find(self, *services, m.id, done); });
    },
    [self](const msg::lease_blob& m) {
      return reply_when<msg::acknowledged>(self, [&](auto done) { lease(self, m.id, done); });
    },
    [self](const msg::reserve_digests& m) { self->state.reserve(m); },
    [self](const msg::release_digests&) { self->state.release(); },
    [self](const msg::forget_leases& m) { self->state.leases().clear(m.leased_until); },
    [self, services](const msg::list_linking& m) {
      return reply_later<msg::repository_page, page<repository_name>>(self, [&](auto done) {
        services->engine.metadata().list_linking(m.id, m.page, std::move(done));
      });
    },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
