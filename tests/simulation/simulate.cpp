// The program of the simulation.
//
//   simulate --seed N                         runs one history and tells what happens
//   simulate [--from N] --seconds N           runs histories from a seed on
//   simulate [--from N] --hours N
//   simulate [--from N] --histories N
//
// A history that fails is made shorter, printed and told; the status is then 1.
#include "simulation/campaign.hpp"

#include "telemetry/log.hpp"

#include <spdlog/logger.h>

#include <chrono>
#include <cstring>
#include <iostream>
#include <limits>
#include <string>

namespace {

using namespace gantry::simulation;
using std::chrono::steady_clock;

struct command {
  std::optional<std::uint64_t> seed;
  std::uint64_t from = 1;
  std::uint64_t histories = std::numeric_limits<std::uint64_t>::max();
  std::optional<std::chrono::seconds> time;
};

bool read(command& into, std::string_view name, std::uint64_t number) {
  if (name == "--seed")
    into.seed = number;
  else if (name == "--from")
    into.from = number;
  else if (name == "--histories")
    into.histories = number;
  else if (name == "--seconds")
    into.time = std::chrono::seconds{number};
  else if (name == "--hours")
    into.time = std::chrono::hours{number};
  else
    return false;
  return true;
}

std::optional<command> parse(int count, char** texts) {
  command made;
  for (int i = 1; i + 1 < count; i += 2) {
    char* end = nullptr;
    const auto number = std::strtoull(texts[i + 1], &end, 10);
    if (*texts[i + 1] == '\0' || *end != '\0' || !read(made, texts[i], number))
      return std::nullopt;
  }
  const bool has_end =
    made.seed || made.time || made.histories < std::numeric_limits<std::uint64_t>::max();
  return count % 2 == 1 && has_end ? std::optional{made} : std::nullopt;
}

int tell(const history& told) {
  print(std::cout, told);
  const auto got = run(told, {}, &std::cout);
  std::cout << (got.failure ? "FAILED: " + *got.failure : "kept all promises") << "\ntrace "
            << std::hex << got.trace << std::dec << ", " << got.steps << " steps\n";
  return got.failure ? 1 : 0;
}

void report(const totals& sum, steady_clock::duration took) {
  const auto minutes = std::chrono::duration<double, std::ratio<60>>{took}.count();
  const auto hours = std::chrono::duration<double, std::ratio<3600>>{sum.lasted}.count();
  std::cout << sum.histories << " histories ("
            << static_cast<std::uint64_t>(static_cast<double>(sum.histories) / minutes)
            << " per minute), " << sum.answered << " operations, " << sum.steps << " steps, "
            << sum.crashes << " crashes, " << sum.losses_of_power << " losses of power, " << hours
            << " simulated hours\n";
}

int search_all(const command& given) {
  const auto begin = steady_clock::now();
  totals sum;
  const auto go_on = [&] {
    return sum.histories < given.histories &&
           (!given.time || steady_clock::now() - begin < *given.time);
  };
  auto found = search(given.from, go_on, {}, sum);
  report(sum, steady_clock::now() - begin);
  if (!found)
    return 0;
  std::cout << "seed " << found->told.seed << " FAILED: " << found->failure
            << "\nthe shortest history that fails:\n"
            << std::flush;
  tell(shrink(std::move(*found), {}).told);
  return 1;
}

} // namespace

int main(int count, char** texts) {
  const auto given = parse(count, texts);
  if (!given) {
    std::cerr << "usage: simulate --seed N | [--from N] --seconds N|--hours N|--histories N\n";
    return 2;
  }
  // Failing disks are what this is about.
  gantry::telemetry::log().set_level(spdlog::level::off);
  return given->seed ? tell(make_history(*given->seed)) : search_all(*given);
}
