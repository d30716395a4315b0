#include "transfer/gzip_writer.hpp"

#include <zlib.h>

#include <new>
#include <utility>

namespace gantry::transfer {

namespace {

constexpr std::size_t output_size = 64 * 1024;
/// A window of 2^15 bytes, with a gzip header.
constexpr int window_and_gzip = 15 + 16;
constexpr int memory_level = 8;

} // namespace

gzip_writer::gzip_writer(output out)
  : out_{std::move(out)},
    stream_{std::make_unique<z_stream_s>()},
    buffer_{std::make_unique<std::byte[]>(output_size)} {
  if (deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_and_gzip, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc{};
}

gzip_writer::~gzip_writer() {
  deflateEnd(stream_.get());
}

void gzip_writer::append(std::span<const std::byte> bytes) {
  // zlib's parameter is not const, but it does not change the bytes.
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream_->avail_in = static_cast<uInt>(bytes.size());
  run(Z_NO_FLUSH);
}

void gzip_writer::finish() {
  run(Z_FINISH);
}

void gzip_writer::run(int flush) {
  do {
    stream_->next_out = reinterpret_cast<Bytef*>(buffer_.get());
    stream_->avail_out = output_size;
    deflate(stream_.get(), flush);
    out_({buffer_.get(), output_size - stream_->avail_out});
  } while (stream_->avail_out == 0);
}

} // namespace gantry::transfer
