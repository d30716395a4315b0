#include "storage/counting_engine.hpp"

#include <boost/polymorphic_cast.hpp>

#include <utility>

namespace gantry::storage {

// [snippet counting-sink]
namespace {

class counting_sink final : public blob_sink {
public:
  counting_sink(sink_ptr inner, byte_counter written)
    : inner_{std::move(inner)}, written_{std::move(written)} {}

  void append(std::span<const std::byte> bytes, completion<void> done) override {
    inner_->append(
      bytes, [written = written_, size = bytes.size(), done = std::move(done)](result<void> kept) {
        if (kept)
          *written += size;
        done(std::move(kept));
      });
  }
  std::uint64_t size() const noexcept override { return inner_->size(); }
  void read(std::span<std::byte> buffer, std::uint64_t offset,
            completion<std::size_t> done) const override {
    inner_->read(buffer, offset, std::move(done));
  }
  void save(const repository_name& repository, const upload_position& position, const hasher& hash,
            completion<void> done) override {
    inner_->save(repository, position, hash, std::move(done));
  }
  void discard() noexcept override { inner_->discard(); }

  /// The sink that holds the bytes: the inner engine publishes only its own.
  sink_ptr release() { return std::move(inner_); }

private:
  sink_ptr inner_;
  byte_counter written_;
};

} // namespace

counting_uploads::counting_uploads(upload_engine& inner, byte_counter written)
  : inner_{inner}, written_{std::move(written)} {}

void counting_uploads::open_sink(const upload_id& id, completion<sink_ptr> done) {
  inner_.open_sink(id, [written = written_, done = std::move(done)](result<sink_ptr> opened) {
    if (opened)
      opened = sink_ptr{std::make_unique<counting_sink>(std::move(*opened), written)};
    done(std::move(opened));
  });
}

void counting_uploads::claim_upload(const upload_id& id, completion<resumed_upload> done) {
  inner_.claim_upload(
    id, [written = written_, done = std::move(done)](result<resumed_upload> claimed) {
      if (claimed)
        claimed->sink = std::make_unique<counting_sink>(std::move(claimed->sink), written);
      done(std::move(claimed));
    });
}

void counting_blobs::publish(sink_ptr sink, const digest& id, time_point lease_until,
                             completion<blob_ptr> done) {
  auto& own = boost::polymorphic_downcast<counting_sink&>(*sink);
  inner_.publish(own.release(), id, lease_until, std::move(done));
}

counting_engine::counting_engine(std::unique_ptr<storage_engine> inner)
  : inner_{std::move(inner)},
    written_{std::make_shared<std::atomic<std::uint64_t>>(0)},
    uploads_{inner_->uploads(), written_},
    blobs_{inner_->blobs()} {}
// [/snippet]

} // namespace gantry::storage
