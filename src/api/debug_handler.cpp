#include "api/debug_handler.hpp"

#include "api/error_table.hpp"
#include "api/readiness.hpp"
#include "api/responses.hpp"
#include "http/target.hpp"
#include "telemetry/exposition.hpp"

namespace gantry::api {

boost::asio::awaitable<http::response> debug_handler::answer(http::request& asked) {
  co_return answer_to(asked.head.method(), http::split_target(asked.head.target()).path);
}

http::response debug_handler::answer_to(std::string_view method, std::string_view path) const {
  const bool is_metrics = scrape_ && path == path_;
  const bool is_health = path == "/livez" || path == "/health";
  if (!is_metrics && !is_health && path != "/readyz")
    return make_error_response(fail(errc::route_unknown, path));
  if (method != "GET" && method != "HEAD")
    return make_error_response(fail(errc::method_not_allowed, method), "GET, HEAD");
  if (is_metrics)
    return make_text(200, telemetry::exposition_type, scrape_());
  return is_health ? make_json(200, R"({"status":"ok"})") : make_response(look_at(server_));
}

http::response debug_handler::refused(const http::refusal& why) {
  return make_error_response(to_error(why));
}

http::response debug_handler::failed(const http::request_head&) {
  return make_error_response(fail(errc::internal));
}

} // namespace gantry::api
