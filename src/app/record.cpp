#include "app/record.hpp"

#include "app/lifetime.hpp"
#include "app/listen_address.hpp"
#include "recorder/proxy.hpp"

#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

namespace gantry::app {

namespace {

std::unique_ptr<recorder::proxy> open(const record_command& command, listen_address& address) {
  recorder::proxy_settings settings;
  settings.upstream = command.upstream;
  settings.tls = command.tls;
  settings.file = command.file;
  settings.hosts = address.hosts;
  settings.port = address.port;
  settings.version = GANTRY_VERSION;
  settings.warn = [](const std::string& text) {
    std::fprintf(stderr, "gantry: warning: %s\n", text.c_str());
  };
  try {
    auto made = std::make_unique<recorder::proxy>(std::move(settings));
    address.port = made->port();
    return made;
  } catch (const boost::system::system_error& refused) {
    throw std::runtime_error{"cannot listen on " + to_string(address) + ": " +
                             refused.code().message()};
  }
}

} // namespace

int run(const record_command& command) {
  lifetime life{{}};
  auto address = available(parse_listen_address(command.address), has_address);
  if (!address.file.empty())
    throw std::invalid_argument{"--addr: a recorder listens on TCP: write HOST:PORT"};
  const auto proxy = open(command, address);
  proxy->start();
  std::fprintf(stderr, "listening on %s\n", to_string(address).c_str());
  while (life.wait(std::chrono::hours{1}) != event::end) {
  }
  const auto seen = proxy->stop();
  std::printf("recorded %zu exchanges in %s", seen.recorded, command.file.c_str());
  if (seen.left_out > 0)
    std::printf(", left out %zu", seen.left_out);
  if (seen.unanswered > 0)
    std::printf(", %zu had no answer", seen.unanswered);
  std::puts("");
  return 0;
}

} // namespace gantry::app
