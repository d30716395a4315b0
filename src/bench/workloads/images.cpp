#include "bench/workloads/images.hpp"

#include <cassert>
#include <cstddef>

namespace asio = boost::asio;

namespace gantry::bench {

asio::awaitable<bool> push_workload::perform(registry_client& registry,
                                             std::uint64_t number) const {
  const auto made = source_.make(number);
  co_return co_await registry.push(made, how_);
}

pull_workload::pull_workload(const image_source& source, std::uint64_t set_size, pull_settings how)
  : how_{how} {
  images_.reserve(static_cast<std::size_t>(set_size));
  for (std::uint64_t number = 0; number < set_size; ++number)
    images_.push_back(source.make(number));
}

asio::awaitable<bool> pull_workload::perform(registry_client& registry,
                                             std::uint64_t number) const {
  co_return co_await registry.pull(images_[static_cast<std::size_t>(number % images_.size())],
                                   how_);
}

asio::awaitable<bool> push_base_workload::perform(registry_client& registry, std::uint64_t) const {
  assert(source_.base());
  co_return co_await registry.push(*source_.base(), how_);
}

asio::awaitable<bool> erase_base_workload::perform(registry_client& registry, std::uint64_t) const {
  assert(source_.base());
  co_return co_await registry.erase(*source_.base());
}

asio::awaitable<bool> erase_workload::perform(registry_client& registry,
                                              std::uint64_t number) const {
  const auto made = source_.make(number);
  co_return co_await registry.erase(made);
}

} // namespace gantry::bench
