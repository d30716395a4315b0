#include "net/tls_identity.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace gantry::net {

namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 1s;
/// Certificate and key are two files: what changed more recently may be half of a change.
constexpr auto settling_time = 1s;

void complain(const tls_context& read) {
  for (const auto& line : read.complaints())
    telemetry::log().warn("tls: {}", line);
}

} // namespace

tls_identity::tls_identity(tls_options options, std::function<clock::time_point()> now,
                           std::function<file_clock::time_point()> time)
  : options_{std::move(options)},
    now_{std::move(now)},
    time_{std::move(time)},
    tickets_{std::make_shared<ticket_keys>(now_)},
    looks_{look_interval, now_()},
    read_{look()},
    context_{std::make_shared<const tls_context>(options_, tickets_, time_)} {
  complain(*context_.take());
}

std::shared_ptr<const tls_context> tls_identity::take() {
  if (looks_.take_turn(now_()))
    follow();
  return context_.take();
}

void tls_identity::follow() {
  const auto seen = look();
  {
    const lock_guard lock{mutex_};
    if (seen == read_ || !are_settled(seen))
      return;
  }
  reload();
}

bool tls_identity::reload() {
  const lock_guard lock{mutex_};
  read_ = look();
  try {
    auto next = std::make_shared<const tls_context>(options_, tickets_, time_);
    complain(*next);
    context_.replace(std::move(next));
    return true;
  } catch (const std::exception& unusable) {
    telemetry::log().error(
      "tls: the certificates in use stay, because the new ones are unusable: {}", unusable.what());
    return false;
  }
}

tls_identity::stamps tls_identity::look() const {
  stamps found;
  for (const auto& files : options_.certificates) {
    found.push_back(stamp_of(files.chain));
    found.push_back(stamp_of(files.key));
  }
  for (const auto& file : options_.client_authorities)
    found.push_back(stamp_of(file));
  return found;
}

bool tls_identity::are_settled(const stamps& seen) const {
  const auto in_ns = [](file_clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  };
  const auto now = time_();
  // A time in the future is wrong, so it is not waited for.
  return std::ranges::none_of(seen, [&](const auto& each) {
    return each && each->changed > in_ns(now - settling_time) && each->changed <= in_ns(now);
  });
}

} // namespace gantry::net
