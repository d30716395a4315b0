// `gantry bench mixed`: pushes, pulls, checks and deletes concurrently.
#include "base/mutex.hpp"
#include "bench/commands.hpp"
#include "bench/measurement.hpp"
#include "bench/seeded_random.hpp"
#include "bench/workloads/images.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace asio = boost::asio;

namespace gantry::bench {

namespace {

/// Images that have been pushed and not deleted. Thread-safe.
class pushed_images {
public:
  void add(std::uint64_t number) {
    const lock_guard lock{mutex_};
    numbers_.push_back(number);
  }
  /// The oldest.
  std::optional<std::uint64_t> take() {
    const lock_guard lock{mutex_};
    if (numbers_.empty())
      return std::nullopt;
    const auto number = numbers_.front();
    numbers_.pop_front();
    return number;
  }

private:
  mutex mutex_;
  std::deque<std::uint64_t> numbers_ GANTRY_GUARDED_BY(mutex_);
};

class mixed_workload final : public workload {
public:
  mixed_workload(const image_source& source, const mixed_options& how, pushed_images& pushed)
    : source_{source}, how_{how}, pushed_{pushed} {
    for (std::uint64_t number = 0; number < how.set_size; ++number)
      set_.push_back(source.make(number));
  }

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    const auto seed = source_.settings().seed;
    const auto& chosen =
      set_[static_cast<std::size_t>(seeded_random(seed, number, 1) % set_.size())];
    const auto what = how_.weights.pick(seeded_random(seed, number));
    if (what == mixed_operation::push)
      co_return co_await push_and_note(registry, how_.set_size + number);
    if (what == mixed_operation::pull)
      co_return co_await pull(registry, chosen);
    if (what == mixed_operation::head)
      co_return co_await registry.head(chosen);
    co_return co_await erase(registry, how_.set_size + number);
  }

private:
  asio::awaitable<bool> push(registry_client& registry, std::uint64_t number) const {
    const auto begun = steady_clock::now();
    const auto made = source_.make(number);
    if (!co_await registry.push(made, how_.uploads))
      co_return false;
    registry.enter(operation::push, begun, {});
    co_return true;
  }

  asio::awaitable<bool> pull(registry_client& registry, const image& chosen) const {
    const auto begun = steady_clock::now();
    if (!co_await registry.pull(chosen, pulls_))
      co_return false;
    registry.enter(operation::pull, begun, {});
    co_return true;
  }

  asio::awaitable<bool> push_and_note(registry_client& registry, std::uint64_t number) const {
    const bool well = co_await push(registry, number);
    if (well)
      pushed_.add(number);
    co_return well;
  }

  /// Deletes the oldest image of a push, because pulls need the set. If there is none, pushes one
  /// first.
  asio::awaitable<bool> erase(registry_client& registry, std::uint64_t number) const {
    const auto oldest = pushed_.take();
    if (!oldest && !co_await push(registry, number))
      co_return false;
    const auto made = source_.make(oldest.value_or(number));
    co_return co_await registry.erase_manifest(made);
  }

  const image_source& source_;
  const mixed_options& how_;
  pushed_images& pushed_;
  std::vector<image> set_;
  pull_settings pulls_;
};

/// Deletes the set and the images pushed under higher numbers.
class mixed_cleanup final : public workload {
public:
  mixed_cleanup(const image_source& source, const mixed_options& how)
    : erase_{source}, seed_{source.settings().seed}, how_{how} {}

  asio::awaitable<bool> perform(registry_client& registry, std::uint64_t number) const override {
    if (number >= how_.set_size && !pushes(number - how_.set_size))
      co_return true;
    co_return co_await erase_.perform(registry, number);
  }

private:
  bool pushes(std::uint64_t number) const {
    const auto what = how_.weights.pick(seeded_random(seed_, number));
    return what == mixed_operation::push || what == mixed_operation::erase;
  }

  erase_workload erase_;
  std::uint64_t seed_;
  const mixed_options& how_;
};

} // namespace

int run(const mixed_options& options, std::FILE* out, std::FILE* live) {
  measurement work{options, "mixed", "operation", out, live};
  work.described()["mix"] = options.weights.to_string();
  work.described()["set"] = options.set_size;
  const image_source source{work.images()};
  work.prepare(push_workload{source, options.uploads}, options.set_size);
  pushed_images pushed;
  work.measure(mixed_workload{source, options, pushed});
  work.clean_up(mixed_cleanup{source, options}, options.set_size + work.load().numbers);
  return work.publish();
}

} // namespace gantry::bench
