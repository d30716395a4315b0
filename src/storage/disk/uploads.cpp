#include "storage/disk/uploads.hpp"

#include "storage/disk/sink.hpp"

#include <memory>
#include <utility>

namespace gantry::storage {

void disk_uploads::open_sink(const upload_id& id, completion<sink_ptr> done) {
  auto claimed = upload_claim::of(store_.uploads, id);
  if (claimed)
    done(sink_ptr{std::make_unique<disk_sink>(std::move(*claimed))});
  else
    done(fail(errc::upload_busy, id.to_string()));
}

void disk_uploads::claim_upload(const upload_id& id, completion<resumed_upload> done) {
  auto claimed = upload_claim::of(store_.uploads, id);
  if (claimed)
    done(disk_sink::resume(std::move(*claimed)));
  else
    done(fail(errc::upload_busy, id.to_string()));
}

} // namespace gantry::storage
