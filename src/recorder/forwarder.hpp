// Answers the proxy's clients with what the registry answers, and records both.
#pragma once

#include "http/handler.hpp"
#include "recorder/archive.hpp"
#include "recorder/har_entry.hpp"
#include "recorder/upstream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gantry::recorder {

/// What became of the requests.
struct tally {
  std::size_t recorded = 0;
  /// The registry did not answer; they got 502 or 504, and are not recorded.
  std::size_t unanswered = 0;
  /// Answered, but not recorded, after a warning.
  std::size_t left_out = 0;
};

/// Belongs to the thread of `context`.
class forwarder final : public http::handler {
public:
  using warning = std::function<void(const std::string& text)>;

  /// `site` and `into` outlive it.
  forwarder(boost::asio::io_context& context, const upstream_site& site, archive& into,
            warning warn);

  boost::asio::awaitable<http::response> answer(http::request& asked) override;
  http::response refused(const http::refusal& why) override;
  http::response failed(const http::request_head& head) override;
  void finished(const http::finished_exchange&) override {}
  void drain() override {}

  const tally& seen() const noexcept { return seen_; }

private:
  http::response no_answer(const upstream_answer& got, const client::error_code& why);
  void record(const exchange& seen, const upstream_answer& got);
  void leave_out(const std::string& why);

  boost::asio::io_context& context_;
  const upstream_site& site_;
  archive& archive_;
  const warning warn_;
  tally seen_;
  /// Recording has ended: the archive is full, or its file cannot be written.
  bool is_over_ = false;
};

} // namespace gantry::recorder
