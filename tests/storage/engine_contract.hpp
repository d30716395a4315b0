// The engines that must keep the promises of domain/storage.hpp. The contract suites,
// blob_contract_test.cpp and metadata_contract_test.cpp, run every case on each of them.
#pragma once

#include "domain/storage.hpp"
#include "storage/memory_engine.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <tuple>

namespace gantry::test {

inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// An empty engine that may hold `limit` bytes, and its clock.
struct memory_subject {
  explicit memory_subject(std::uint64_t limit = unlimited)
    : engine{storage::make_memory_engine(
        {.limit = limit, .inline_threshold = 16 * 1024, .now = [this] { return now; }})} {}

  time_point now{std::chrono::hours{24 * 365 * 50}};
  std::unique_ptr<storage_engine> engine;
};

/// An engine joins the contract here.
using contract_engines = std::tuple<memory_subject>;

} // namespace gantry::test
