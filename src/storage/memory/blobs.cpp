#include "storage/memory/blobs.hpp"

#include "storage/memory/blob.hpp"

#include <boost/polymorphic_cast.hpp>

#include <utility>

namespace gantry::storage {

namespace {

result<blob_ptr> found_or_unknown(blob_ptr found, const digest& id) {
  if (found)
    return found;
  return fail(errc::blob_unknown, id.to_string());
}

} // namespace

void memory_blobs::publish(sink_ptr sink, const digest& id, time_point lease_until,
                           completion<blob_ptr> done) {
  auto published = publish(boost::polymorphic_downcast<memory_sink&>(*sink), id, lease_until);
  // Free the memory of the sink before its user hears that it is done.
  sink.reset();
  done(std::move(published));
}

blob_ptr memory_blobs::publish(memory_sink& sink, const digest& id, time_point lease_until) {
  if (auto present = index_->renew(id, lease_until))
    return present;
  const auto generation = sink.generation();
  auto made = std::make_shared<const memory_blob>(id, sink.release(), index_, generation);
  return index_->add(std::move(made), lease_until);
}

void memory_blobs::find(const digest& id, completion<blob_ptr> done) {
  done(found_or_unknown(index_->find(id), id));
}

void memory_blobs::lease(const digest& id, time_point lease_until, completion<blob_ptr> done) {
  done(found_or_unknown(index_->renew(id, lease_until), id));
}

} // namespace gantry::storage
