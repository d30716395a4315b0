// Changes for the tests of this layer.
#pragma once

#include "domain/changes.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::test {

/// A push; without a tag if `name` is empty.
inline logged_change change(std::uint64_t number, std::string_view repository,
                            std::string_view name, std::string user = {}) {
  history_entry entry{.sequence = number,
                      .at = time_point{std::chrono::seconds{1'700'000'000}},
                      .after = digest::of("content"),
                      .size = 7,
                      .media_type = "text/plain"};
  if (!name.empty())
    entry.name = tag::parse(name).value();
  if (!user.empty())
    entry.by = std::make_shared<const changer>(changer{std::move(user), "9", "192.0.2.1"});
  return {repository_name::parse(repository).value(), std::move(entry)};
}

} // namespace gantry::test
