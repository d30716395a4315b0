#include "storage/memory/uploads.hpp"

#include "storage/memory/blob.hpp"
#include "storage/memory/prices.hpp"
#include "storage/memory/room_maker.hpp"

#include <utility>

namespace gantry::storage {

memory_uploads::memory_uploads(std::shared_ptr<byte_budget> budget,
                               std::shared_ptr<blob_index> index,
                               std::shared_ptr<memory_arena> arena, std::size_t inline_threshold,
                               std::weak_ptr<room_maker> room)
  : budget_{std::move(budget)},
    index_{std::move(index)},
    arena_{std::move(arena)},
    inline_threshold_{inline_threshold},
    room_{std::move(room)} {}

void memory_uploads::open_sink(const upload_id&, completion<sink_ptr> done) {
  with_room(room_, std::move(done), [this] { return open(); });
}

result<sink_ptr> memory_uploads::open() {
  byte_claim claim{budget_};
  if (auto claimed = take_room(claim, prices::blob + prices::open_upload); !claimed)
    return std::move(claimed).error();
  return sink_ptr{std::make_unique<memory_sink>(std::move(claim), arena_, inline_threshold_,
                                                index_->generation(), room_)};
}

} // namespace gantry::storage
