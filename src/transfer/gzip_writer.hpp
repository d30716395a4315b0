// Streaming gzip compression (RFC 1952).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

struct z_stream_s;

namespace gantry::transfer {

/// The output is reproducible: it contains no name and no time. Not thread-safe.
class gzip_writer {
public:
  using output = std::function<void(std::span<const std::byte>)>;

  explicit gzip_writer(output out);
  ~gzip_writer();

  void append(std::span<const std::byte> bytes);
  /// Call once, at the end.
  void finish();

private:
  void run(int flush);

  output out_;
  std::unique_ptr<z_stream_s> stream_;
  std::unique_ptr<std::byte[]> buffer_;
};

} // namespace gantry::transfer
