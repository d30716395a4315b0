// The server that takes batches of spans.
#pragma once

#include "otlp/settings.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::otlp {

/// What became of a batch.
struct receipt {
  /// Zero if there was no answer.
  unsigned status = 0;
  /// Why there was none, or what the collector says.
  std::string why = {};
  /// How long the collector wants to be left alone.
  std::optional<std::chrono::seconds> retry_after = {};
  /// Spans of an accepted batch that it does not take.
  std::uint64_t rejected = 0;

  bool is_accepted() const noexcept { return status >= 200 && status < 300; }
  /// Whether the same batch may be accepted later, as OTLP says.
  bool may_be_repeated() const noexcept {
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
  }
};

/// Used by one coroutine, on the thread of its `io_context`.
class collector {
public:
  virtual ~collector() = default;

  /// Returns within a time of its own.
  virtual boost::asio::awaitable<receipt> send(std::string_view body) = 0;
  /// Fails a `send` in progress, and all later ones.
  virtual void abort() = 0;
};

/// The one that the settings name, over HTTP. Throws std::runtime_error if certificates cannot be
/// read. Precondition: the settings have an endpoint.
std::unique_ptr<collector> make_collector(boost::asio::io_context& context, const settings& chosen,
                                          std::string_view version);

} // namespace gantry::otlp
