#include "storage/memory/blobs.hpp"

#include "storage/memory/blob.hpp"

#include <boost/polymorphic_cast.hpp>

#include <utility>

namespace gantry::storage {

void memory_blobs::publish(sink_ptr sink, const digest& id, time_point, completion<blob_ptr> done) {
  auto published = publish(boost::polymorphic_downcast<memory_sink&>(*sink), id);
  // Free the memory of the sink before its user hears that it is done.
  sink.reset();
  done(std::move(published));
}

blob_ptr memory_blobs::publish(memory_sink& sink, const digest& id) {
  if (auto present = index_->find(id))
    return present;
  const auto generation = sink.generation();
  return index_->add(std::make_shared<const memory_blob>(id, sink.release(), index_, generation));
}

void memory_blobs::find(const digest& id, completion<blob_ptr> done) {
  if (auto found = index_->find_linked(id))
    done(blob_ptr{std::move(found)});
  else
    done(fail(errc::blob_unknown, id.to_string()));
}

} // namespace gantry::storage
