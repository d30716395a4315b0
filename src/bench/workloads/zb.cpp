// `gantry bench zb`: runs the requests of zot's benchmark, for comparable figures.
#include "bench/commands.hpp"
#include "bench/measurement.hpp"
#include "bench/seeded_random.hpp"
#include "bench/workloads/zb_content.hpp"
#include "bench/workloads/zb_report.hpp"
#include "bench/workloads/zb_requests.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace gantry::bench {

namespace {

/// Phases of a test, as used in repository names.
constexpr char before = 'p';
constexpr char during = 'r';

/// Requests per test if neither count nor duration is given.
constexpr std::uint64_t default_count = 100;

/// The images that are pushed before a test is measured.
class zb_set {
public:
  zb_set(const zb_content& content, const zb_test& test, const zb_options& options)
    : content_{content}, test_{test} {
    const std::uint64_t clients = options.clients.connections;
    if (test.kind == zb_kind::catalog)
      count_ = options.how.count.value_or(default_count);
    else if (test.kind == zb_kind::pull)
      count_ = clients * sizes();
    else if (test.kind == zb_kind::pull_and_push)
      count_ = clients;
  }

  std::uint64_t size() const noexcept { return count_; }

  image make(std::uint64_t number) const {
    const auto random = seeded_random(content_.seed(), number, 1);
    const auto size =
      test_.kind == zb_kind::pull ? nth_size(number % sizes()) : pick_zb_size(test_, random);
    return content_.make(test_, before, number, size);
  }

  /// An image to pull. Sizes have the shares of the test.
  image make_any(std::uint64_t number) const {
    const auto size = pick_zb_size(test_, seeded_random(content_.seed(), number));
    const auto clients = count_ / sizes();
    for (std::uint64_t nth = 0; nth < sizes(); ++nth)
      if (nth_size(nth) == size)
        return content_.make(test_, before, number % clients * sizes() + nth, size);
    return make(0);
  }

private:
  std::uint64_t sizes() const {
    std::uint64_t count = 0;
    for (const auto share : test_.shares)
      count += share > 0 ? 1 : 0;
    return count;
  }
  std::size_t nth_size(std::uint64_t nth) const {
    std::size_t size = 0;
    for (; test_.shares[size] == 0 || nth-- > 0; ++size)
      continue;
    return size;
  }

  const zb_content& content_;
  const zb_test& test_;
  std::uint64_t count_ = 0;
};

class zb_preparation final : public workload {
public:
  explicit zb_preparation(const zb_set& set) : set_{set} {}
  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const auto made = set_.make(number);
    co_return co_await zb_push(registry, made, false);
  }

private:
  const zb_set& set_;
};

class zb_load final : public workload {
public:
  zb_load(const zb_content& content, const zb_test& test, const zb_set& set)
    : content_{content}, test_{test}, set_{set} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    if (test_.kind == zb_kind::catalog)
      co_return co_await zb_get_catalog(registry);
    if (pushes(number)) {
      const auto made = make(number);
      co_return co_await zb_push(registry, made, test_.kind == zb_kind::push_chunk);
    }
    const auto pulled = set_.make_any(number);
    co_return co_await zb_pull(registry, pulled);
  }

  bool pushes(std::uint64_t number) const {
    switch (test_.kind) {
    case zb_kind::catalog:
    case zb_kind::pull: return false;
    case zb_kind::push_monolith:
    case zb_kind::push_chunk: return true;
    case zb_kind::pull_and_push: return seeded_random(content_.seed(), number, 1) % 100 >= zb_pulls;
    }
    return false;
  }
  image make(std::uint64_t number) const {
    const auto size = pick_zb_size(test_, seeded_random(content_.seed(), number));
    return content_.make(test_, during, number, size);
  }

private:
  const zb_content& content_;
  const zb_test& test_;
  const zb_set& set_;
};

/// Deletes the prepared images, then the pushed ones.
class zb_cleanup final : public workload {
public:
  zb_cleanup(const zb_set& set, const zb_load& load) : set_{set}, load_{load} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const bool prepared = number < set_.size();
    if (!prepared && !load_.pushes(number - set_.size()))
      co_return true;
    const auto made = prepared ? set_.make(number) : load_.make(number - set_.size());
    co_return co_await zb_erase(registry, made);
  }

private:
  const zb_set& set_;
  const zb_load& load_;
};

/// Each client makes the same number of requests, as in `zb`. Throws std::invalid_argument.
zb_options adjusted(zb_options options) {
  auto& count = options.how.count;
  if (!count && !options.how.duration)
    count = default_count;
  if (!count)
    return options;
  const std::uint64_t clients = options.clients.connections;
  if (*count < clients)
    throw std::invalid_argument{"--count cannot be less than --connections"};
  count = *count / clients * clients;
  return options;
}

zb_line run_test(measurement& work, const zb_content& content, const zb_test& test,
                 const zb_options& options) {
  const zb_set set{content, test, options};
  const zb_load load{content, test, set};
  const auto begun = steady_clock::now();
  if (set.size() > 0)
    work.prepare(zb_preparation{set}, set.size());
  work.measure(load);
  const auto pushed =
    test.kind == zb_kind::catalog || test.kind == zb_kind::pull ? 0 : work.load().numbers;
  work.clean_up(zb_cleanup{set, load}, set.size() + pushed);
  return {test.name, work.load(), steady_clock::now() - begun};
}

} // namespace

int run(const zb_options& asked, std::FILE* out, std::FILE* live) {
  const auto options = adjusted(asked);
  measurement work{options, "zb", "request", out, live};
  zb_content content{work.images().seed};
  std::vector<zb_line> lines;
  for (const auto* test : choose_zb_tests(options.tests)) {
    content.provide(*test);
    lines.push_back(run_test(work, content, *test, options));
    if (lines.back().load.interrupted)
      break;
  }
  work.publish(render_zb_table(lines), zb_to_json(lines, work.described(), content.seed()),
               zb_page(lines, work.described(), content.seed()));
  const bool any_went_well = std::ranges::any_of(lines, [](const zb_line& line) {
    return line.load.figures.of(operation::image).latency.count() > 0;
  });
  return any_went_well ? 0 : 1;
}

} // namespace gantry::bench
