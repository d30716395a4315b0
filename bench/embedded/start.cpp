// How long a registry inside a program takes from its construction to its first 200:
//
//   embedded_start [RUNS]      (30)
//
// Prints the time of the first one in the process, which also loads and initialises libraries, and
// the minimum, median and maximum of the others, in milliseconds, as JSON.
#include <gantry/registry.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::string_view question = "GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view expected = "HTTP/1.1 200";

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

void get_200(std::uint16_t port) {
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the interface of sockets
  if (::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail("connect");
  if (::send(client, question.data(), question.size(), 0) < 0)
    fail("send");
  char answer[expected.size()];
  if (::recv(client, answer, sizeof answer, MSG_WAITALL) != sizeof answer)
    fail("recv");
  if (std::string_view{answer, sizeof answer} != expected)
    fail("the answer is not 200");
  ::close(client);
}

/// Milliseconds; the stop is not measured.
double start_once() {
  const auto begin = std::chrono::steady_clock::now();
  gantry::registry registry;
  registry.start();
  get_200(registry.port());
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
    .count();
}

} // namespace

int main(int argc, char** argv) {
  const auto runs = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 30;
  if (runs == 0) {
    std::fprintf(stderr, "usage: embedded_start [RUNS]\n");
    return 2;
  }
  const auto first = start_once();
  std::vector<double> times;
  while (times.size() < runs)
    times.push_back(start_once());
  std::sort(times.begin(), times.end());
  std::printf("{\"first\": %.2f, \"min\": %.2f, \"median\": %.2f, \"max\": %.2f}\n", first,
              times.front(), times[times.size() / 2], times.back());
}
