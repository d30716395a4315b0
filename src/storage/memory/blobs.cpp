#include "storage/memory/blobs.hpp"

#include "storage/memory/blob.hpp"
#include "storage/memory/prices.hpp"

#include <boost/polymorphic_cast.hpp>

#include <utility>

namespace gantry::storage {

memory_blobs::memory_blobs(std::shared_ptr<byte_budget> budget, std::shared_ptr<blob_index> index,
                           std::shared_ptr<memory_arena> arena, std::size_t inline_threshold)
  : budget_{std::move(budget)},
    index_{std::move(index)},
    arena_{std::move(arena)},
    inline_threshold_{inline_threshold} {}

result<std::unique_ptr<blob_sink>> memory_blobs::open_sink(const upload_id&) {
  byte_claim claim{budget_};
  if (const auto claimed = take_room(claim, prices::blob + prices::open_upload); !claimed)
    return claimed.error();
  return std::unique_ptr<blob_sink>{std::make_unique<memory_sink>(
    std::move(claim), arena_, inline_threshold_, index_->generation())};
}

result<resumed_upload> memory_blobs::claim_upload(const upload_id& id) {
  return fail(errc::upload_unknown, id.to_string());
}

void memory_blobs::publish(std::unique_ptr<blob_sink> sink, const digest& id,
                           time_point lease_until, completion<blob_ptr> done) {
  auto published = publish(boost::polymorphic_downcast<memory_sink&>(*sink), id, lease_until);
  // Free the memory of the sink before its user hears that it is done.
  sink.reset();
  done(std::move(published));
}

result<blob_ptr> memory_blobs::publish(memory_sink& sink, const digest& id,
                                       time_point lease_until) {
  if (auto present = index_->renew(id, lease_until))
    return blob_ptr{std::move(present)};
  const auto generation = sink.generation();
  auto made = std::make_shared<const memory_blob>(id, sink.release(), index_, generation);
  return blob_ptr{index_->add(std::move(made), lease_until)};
}

result<blob_ptr> memory_blobs::find(const digest& id) {
  if (auto found = index_->find(id))
    return blob_ptr{std::move(found)};
  return fail(errc::blob_unknown, id.to_string());
}

result<void> memory_blobs::renew_lease(const digest& id, time_point lease_until) {
  if (index_->renew(id, lease_until))
    return {};
  return fail(errc::blob_unknown, id.to_string());
}

} // namespace gantry::storage
