// What the owner of a registry does with its content: push, list, reset, by asking the actors.
#pragma once

#include "actors/registry_services.hpp"
#include "domain/repository_name.hpp"

#include <gantry/image.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::embed {

/// Any thread, except those of the registry: every function blocks until the actors have answered.
/// Throws std::invalid_argument for names that are not valid, and std::runtime_error with the
/// reason if an actor refuses.
class content {
public:
  /// `thread` is run by one of the registry's threads. Both outlive this.
  content(registry_services& services, boost::asio::io_context& thread)
    : services_{&services}, thread_{&thread} {}

  /// See `gantry::registry`.
  std::string push(const image& pushed);
  std::vector<std::string> tags(const std::string& repository);
  std::vector<std::string> repositories();
  void reset();
  /// Only the repositories within this one; returns its name.
  repository_name reset(const std::string& top);
  std::uint64_t snapshot();
  void restore(std::uint64_t id);
  void remove_snapshot(std::uint64_t id);
  /// Returns when what has expired by the time of the clock was told so.
  void catch_up();

private:
  registry_services* services_;
  boost::asio::io_context* thread_;
};

} // namespace gantry::embed
