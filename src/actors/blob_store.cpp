#include "actors/blob_store.hpp"

#include "actors/dispatch.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace gantry {

void blob_store_state::publish(const msg::publish_blob& request, completion<blob_ptr> done) {
  services_->engine.blobs().publish(request.sink.take(), request.id, lease_end(), std::move(done));
}

void blob_store_state::find(const digest& id, completion<blob_ptr> done) {
  services_->engine.blobs().lease(id, lease_end(), std::move(done));
}

void blob_store_state::list_linking(const msg::list_linking& request,
                                    completion<page<repository_name>> done) {
  services_->engine.metadata().list_linking(request.id, request.page, std::move(done));
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
      return reply_later<msg::blob_reply, blob_ptr>(
        self, as_span<blob_ptr>(m.part_of, "publish", publish));
    },
    [self](const msg::find_blob& m) {
      return reply_later<msg::blob_reply, blob_ptr>(
        self, [&](auto done) { self->state.find(m.id, std::move(done)); });
    },
    [self](const msg::list_linking& m) {
      return reply_later<msg::repository_page, page<repository_name>>(
        self, [&](auto done) { self->state.list_linking(m, std::move(done)); });
    },
    [](const msg::resume& m) { m.run(); },
  };
}

} // namespace gantry
