#include "actors/blob_store.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace gantry {

void blob_store_state::publish(const msg::publish_blob& request, completion<msg::blob_reply> done) {
  auto answer = [done = std::move(done)](result<blob_ptr> published) {
    done(published ? result<msg::blob_reply>{msg::blob_reply{std::move(*published)}}
                   : result<msg::blob_reply>{std::move(published).error()});
  };
  services_->engine.blobs().publish(request.sink.take(), request.id, lease_end(),
                                    std::move(answer));
}

result<msg::blob_reply> blob_store_state::find(const digest& id) {
  auto& blobs = services_->engine.blobs();
  auto found = blobs.find(id);
  if (!found)
    return std::move(found).error();
  if (auto leased = blobs.renew_lease(id, lease_end()); !leased)
    return std::move(leased).error();
  return msg::blob_reply{std::move(*found)};
}

time_point blob_store_state::lease_end() const {
  return services_->now() + services_->options.blob_lease;
}

blob_store_actor::behavior_type
blob_store(blob_store_actor::stateful_pointer<blob_store_state> self, registry_services* services) {
  self->state.open(*services);
  return {
    [self](const msg::publish_blob& m) {
      const auto publish = [&](auto done) { self->state.publish(m, std::move(done)); };
      return reply_later<msg::blob_reply>(self,
                                          as_span<msg::blob_reply>(m.part_of, "publish", publish));
    },
    [self](const msg::find_blob& m) { return reply([&] { return self->state.find(m.id); }); },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
