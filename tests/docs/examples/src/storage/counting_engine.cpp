#include "storage/counting_engine.hpp"

#include <boost/polymorphic_cast.hpp>

#include <utility>

namespace gantry::storage {

// [snippet counting-sink]
namespace {

class counting_sink final : public blob_sink {
public:
  counting_sink(std::unique_ptr<blob_sink> inner, byte_counter written)
    : inner_{std::move(inner)}, written_{std::move(written)} {}

  result<void> append(std::span<const std::byte> bytes) override {
    auto kept = inner_->append(bytes);
    if (kept)
      *written_ += bytes.size();
    return kept;
  }
  std::uint64_t size() const noexcept override { return inner_->size(); }
  result<std::size_t> read(std::span<std::byte> buffer, std::uint64_t offset) const override {
    return inner_->read(buffer, offset);
  }
  result<void> save(const repository_name& repository, const upload_position& position,
                    const hasher& hash) override {
    return inner_->save(repository, position, hash);
  }
  void discard() noexcept override { inner_->discard(); }

  /// The sink that holds the bytes: the inner engine publishes only its own.
  std::unique_ptr<blob_sink> release() { return std::move(inner_); }

private:
  std::unique_ptr<blob_sink> inner_;
  byte_counter written_;
};

} // namespace

counting_blobs::counting_blobs(blob_engine& inner, byte_counter written)
  : inner_{inner}, written_{std::move(written)} {}

result<std::unique_ptr<blob_sink>> counting_blobs::open_sink(const upload_id& id) {
  auto sink = inner_.open_sink(id);
  if (!sink)
    return sink;
  return std::unique_ptr<blob_sink>{std::make_unique<counting_sink>(std::move(*sink), written_)};
}

result<resumed_upload> counting_blobs::claim_upload(const upload_id& id) {
  auto resumed = inner_.claim_upload(id);
  if (resumed)
    resumed->sink = std::make_unique<counting_sink>(std::move(resumed->sink), written_);
  return resumed;
}

void counting_blobs::publish(std::unique_ptr<blob_sink> sink, const digest& id,
                             time_point lease_until, completion<blob_ptr> done) {
  auto& own = boost::polymorphic_downcast<counting_sink&>(*sink);
  inner_.publish(own.release(), id, lease_until, std::move(done));
}

counting_engine::counting_engine(std::unique_ptr<storage_engine> inner)
  : inner_{std::move(inner)},
    written_{std::make_shared<std::atomic<std::uint64_t>>(0)},
    blobs_{inner_->blobs(), written_} {}
// [/snippet]

} // namespace gantry::storage
