// How a request passes through the API: stages in a fixed order, the handler, the observers.
#pragma once

#include "api/exchange.hpp"
#include "api/observer.hpp"
#include "api/responses.hpp"
#include "http/handler.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace gantry::api {

/// What an HTTP server serves. Any thread.
class pipeline final : public http::handler {
public:
  /// `server`, and what the observers write to, outlive the pipeline.
  pipeline(context& server, std::vector<std::unique_ptr<observer>> observers);

  boost::asio::awaitable<response> answer(http::request& asked) override;
  response refused(const http::refusal& why) override;
  response failed(const http::request_head& head) override;
  void finished(const http::finished_exchange& what) override;
  void drain() override;

private:
  /// Runs the stages and the handler. `facts` may be null.
  boost::asio::awaitable<response> answer_to(exchange& ex, request_facts* facts);
  boost::asio::awaitable<response> answer_again(exchange& ex, std::uint64_t bytes);
  std::shared_ptr<request_facts> begin_facts(exchange& ex) const;
  void begin() noexcept;
  bool wants_facts() const noexcept;
  static void complete(response& reply, const http::request_head* head, const options& settings);

  context& server_;
  std::vector<std::unique_ptr<observer>> observers_;
};

} // namespace gantry::api
