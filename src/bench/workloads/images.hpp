// Workloads of whole images: push, pull and erase.
#pragma once

#include "bench/image_source.hpp"
#include "bench/workload.hpp"

#include <cstdint>
#include <vector>

namespace gantry::bench {

/// Pushes each image once. The source outlives it.
class push_workload final : public workload {
public:
  push_workload(const image_source& source, upload_settings how) : source_{source}, how_{how} {}
  boost::asio::awaitable<bool> perform(registry_client& registry,
                                       std::uint64_t number) const override;

private:
  const image_source& source_;
  upload_settings how_;
};

/// Pulls the images below `set_size` in turn. They are made in the constructor.
class pull_workload final : public workload {
public:
  pull_workload(const image_source& source, std::uint64_t set_size, pull_settings how);
  boost::asio::awaitable<bool> perform(registry_client& registry,
                                       std::uint64_t number) const override;

private:
  std::vector<image> images_;
  pull_settings how_;
};

/// Pushes the base image, whatever the number. Precondition: there is one. The source outlives it.
class push_base_workload final : public workload {
public:
  push_base_workload(const image_source& source, upload_settings how)
    : source_{source}, how_{how} {}
  boost::asio::awaitable<bool> perform(registry_client& registry,
                                       std::uint64_t number) const override;

private:
  const image_source& source_;
  upload_settings how_;
};

/// Deletes the base image, whatever the number. Precondition: there is one. The source outlives it.
class erase_base_workload final : public workload {
public:
  explicit erase_base_workload(const image_source& source) : source_{source} {}
  boost::asio::awaitable<bool> perform(registry_client& registry,
                                       std::uint64_t number) const override;

private:
  const image_source& source_;
};

/// Deletes each image. The source outlives it.
class erase_workload final : public workload {
public:
  explicit erase_workload(const image_source& source) : source_{source} {}
  boost::asio::awaitable<bool> perform(registry_client& registry,
                                       std::uint64_t number) const override;

private:
  const image_source& source_;
};

} // namespace gantry::bench
