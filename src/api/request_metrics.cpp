#include "api/request_metrics.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <tuple>

namespace gantry::api {

namespace {

using telemetry::histogram;
using telemetry::histogram_counts;
using telemetry::metric;
using number = std::atomic<std::uint64_t>;

/// Statuses that this server sends; others count as the last one.
constexpr std::array<unsigned, 31> statuses{
  200, 201, 202, 204, 206, 301, 302, 304,        307, 400, 401, 403, 404, 405, 408, 409,
  411, 412, 413, 414, 416, 429, 431, left_early, 500, 501, 502, 503, 504, 507, 0};

constexpr std::size_t operation_count = std::tuple_size_v<decltype(operation_table)>;
/// The place of a request that names no operation.
constexpr std::size_t no_operation = operation_count;

std::size_t place_of(unsigned status) noexcept {
  const auto found = std::ranges::find(statuses, status);
  return std::min<std::size_t>(found - statuses.begin(), statuses.size() - 1);
}

std::size_t place_of(const operation* asked) noexcept {
  return asked ? static_cast<std::size_t>(asked - operations().data()) : no_operation;
}

/// Threads are numbered as they come, so that those of a registry use different shards.
std::size_t thread_number() noexcept {
  static std::atomic<std::size_t> next{0};
  static thread_local const std::size_t mine = next++;
  return mine;
}

std::string_view handler_of(std::size_t place) noexcept {
  return place == no_operation ? "none" : operations()[place].name;
}

/// As distribution writes it. An operation has one method, or GET and HEAD.
std::string method_of(std::size_t place, bool head) {
  if (place == no_operation)
    return "none";
  if (head)
    return "head";
  std::string method{operations()[place].methods.substr(0, operations()[place].methods.find(','))};
  std::ranges::transform(method, method.begin(),
                         [](char c) { return static_cast<char>(c | 0x20); });
  return method;
}

std::string code_of(std::size_t place) {
  return statuses[place] == 0 ? "other" : std::to_string(statuses[place]);
}

/// Whether it is an answer to a request for a blob that has bytes of it, unless it is a HEAD.
bool is_download(const finished_request& what) noexcept {
  return what.facts.asked && what.facts.asked->name == "get_blob" &&
         (what.exchange.status == 200 || what.exchange.status == 206);
}

} // namespace

/// The requests of one operation.
struct request_metrics::cell {
  /// Without and with HEAD.
  std::array<std::array<number, statuses.size()>, 2> requests{};
  std::array<histogram, 2> durations;
  histogram request_sizes;
  histogram response_sizes;
};

struct alignas(64) request_metrics::shard {
  shard() = default;
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;
  ~shard() {
    for (auto& each : cells)
      delete each.load();
  }

  /// Made at first use: most registries use few operations.
  cell& at(std::size_t place) {
    auto* known = cells[place].load(std::memory_order_acquire);
    if (known)
      return *known;
    auto made = std::make_unique<cell>();
    if (cells[place].compare_exchange_strong(known, made.get()))
      return *made.release();
    return *known;
  }

  std::atomic<std::int64_t> in_flight{0};
  histogram downloads;
  std::array<std::atomic<cell*>, operation_count + 1> cells{};
};

request_metrics::request_metrics(std::size_t threads) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i)
    shards_.push_back(std::make_unique<shard>());
}

request_metrics::~request_metrics() = default;

request_metrics::shard& request_metrics::own() const noexcept {
  return *shards_[thread_number() % shards_.size()];
}

void request_metrics::begun() noexcept {
  own().in_flight.fetch_add(1, std::memory_order_relaxed);
}

void request_metrics::finished(const finished_request& what) {
  const auto& seen = what.exchange;
  auto& mine = own();
  mine.in_flight.fetch_sub(1, std::memory_order_relaxed);
  const auto place = place_of(what.facts.asked);
  auto& counts = mine.at(place);
  const std::size_t head = seen.head && place != no_operation && seen.head->is_head() ? 1 : 0;
  const auto status = place_of(what.status());
  counts.requests[head][status].fetch_add(1, std::memory_order_relaxed);
  counts.durations[head].observe(static_cast<std::uint64_t>(seen.duration.count()),
                                 telemetry::duration_buckets);
  counts.response_sizes.observe(seen.bytes_sent, telemetry::size_buckets);
  if (seen.head && !seen.head->is_chunked())
    counts.request_sizes.observe(seen.head->content_length().value_or(0), telemetry::size_buckets);
  if (head == 0 && is_download(what))
    mine.downloads.observe(seen.bytes_sent, telemetry::size_buckets);
}

namespace {

/// The sum of `part(cell)` over the shards that have the cell.
template <class Sum, class Shards, class Part>
Sum sum_of(const Shards& shards, std::size_t place, Part part) {
  Sum sum{};
  for (const auto& each : shards)
    if (const auto* counts = each->cells[place].load(std::memory_order_acquire))
      sum += part(*counts);
  return sum;
}

/// Calls `visit(place, head)` for each operation and kind of method.
template <class Visit>
void for_each_series(Visit visit) {
  for (std::size_t place = 0; place <= operation_count; ++place)
    for (const std::size_t head : {0, 1})
      visit(place, head);
}

} // namespace

void request_metrics::render(telemetry::exposition& out) const {
  std::int64_t in_flight = 0;
  histogram_counts downloads;
  for (const auto& each : shards_) {
    in_flight += each->in_flight.load(std::memory_order_relaxed);
    downloads += each->downloads.counts();
  }
  out.add(metric::registry_http_in_flight_requests, static_cast<double>(in_flight));
  out.add(metric::registry_storage_blob_download_bytes, downloads);
  for_each_series([&](std::size_t place, std::size_t head) {
    for (std::size_t code = 0; code < statuses.size(); ++code)
      if (const auto sum = sum_of<std::uint64_t>(
            shards_, place, [&](const cell& at) { return at.requests[head][code].load(); });
          sum > 0)
        out.add(metric::registry_http_requests_total, static_cast<double>(sum),
                {handler_of(place), method_of(place, head != 0), code_of(code)});
  });
  for_each_series([&](std::size_t place, std::size_t head) {
    const auto sum = sum_of<histogram_counts>(
      shards_, place, [&](const cell& at) { return at.durations[head].counts(); });
    if (sum.total() > 0)
      out.add(metric::registry_http_request_duration_seconds, sum,
              {handler_of(place), method_of(place, head != 0)});
  });
  const auto add_sizes = [&](metric which, histogram cell::*sizes) {
    for (std::size_t place = 0; place <= operation_count; ++place) {
      const auto sum = sum_of<histogram_counts>(
        shards_, place, [&](const cell& at) { return (at.*sizes).counts(); });
      if (sum.total() > 0)
        out.add(which, sum, {handler_of(place)});
    }
  };
  add_sizes(metric::registry_http_request_size_bytes, &cell::request_sizes);
  add_sizes(metric::registry_http_response_size_bytes, &cell::response_sizes);
}

} // namespace gantry::api
