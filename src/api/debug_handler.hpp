// What `--debug-addr` serves: metrics and health, and nothing of the registry.
#pragma once

#include "api/exchange.hpp"
#include "http/handler.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::api {

/// Any thread. No login: the address decides who may ask.
class debug_handler final : public http::handler {
public:
  /// `server` outlives this. `scrape` is empty if metrics are off; they are at `path`.
  debug_handler(const context& server, std::function<std::string()> scrape, std::string path)
    : server_{server}, scrape_{std::move(scrape)}, path_{std::move(path)} {}

  boost::asio::awaitable<http::response> answer(http::request& asked) override;
  http::response refused(const http::refusal& why) override;
  http::response failed(const http::request_head& head) override;
  void finished(const http::finished_exchange&) override {}
  void drain() override {}

private:
  http::response answer_to(std::string_view method, std::string_view path) const;

  const context& server_;
  const std::function<std::string()> scrape_;
  const std::string path_;
};

} // namespace gantry::api
