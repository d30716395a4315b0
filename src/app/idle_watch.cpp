#include "app/idle_watch.hpp"

#include <utility>

namespace gantry::app {

boost::asio::awaitable<http::response> idle_watch::answer(http::request& asked) {
  ++in_progress_;
  return behind_.answer(asked);
}

http::response idle_watch::refused(const http::refusal& why) {
  ++in_progress_;
  return behind_.refused(why);
}

void idle_watch::finished(const http::finished_exchange& what) {
  behind_.finished(what);
  ended_ = clock::now().time_since_epoch().count();
  --in_progress_;
}

std::chrono::milliseconds idle_watch::idle_for() const {
  if (in_progress_ > 0)
    return std::chrono::milliseconds{0};
  const clock::time_point ended{clock::duration{ended_}};
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - ended);
}

} // namespace gantry::app
