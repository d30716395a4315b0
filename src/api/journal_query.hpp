// The query parameters of requests for recorded requests.
#pragma once

#include "domain/error.hpp"
#include "http/target.hpp"
#include "journal/filter.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::api {

struct journal_query {
  /// `method`, `operation`, `repository`, `path`, `status`, `since`.
  journal::filter which;
  /// Whether `since` was given.
  bool has_since = false;
  /// `n`: the most entries of the answer.
  std::size_t most = 1000;
  /// `count`: how many entries to wait for.
  std::size_t count = 1;
  /// `timeout`: how long to wait for them.
  std::chrono::milliseconds timeout = std::chrono::seconds{5};
};

inline constexpr std::size_t max_journal_page = 1000;
inline constexpr std::chrono::milliseconds max_journal_wait = std::chrono::seconds{60};

/// The value of a parameter; absent if it was not given. Errors: request_invalid.
using parameter_source =
  std::function<result<std::optional<std::string>>(std::string_view parameter)>;

/// A journal that keeps `capacity` entries cannot wait for more. Errors: request_invalid, which
/// names the parameter and what is allowed; those of `from`.
result<journal_query> read_journal_query(const parameter_source& from, std::size_t capacity);
result<journal_query> read_journal_query(const http::query_parameters& query, std::size_t capacity);

/// Reads a sequence number, as in `since` and Last-Event-ID. Errors: request_invalid, which names
/// `parameter`.
result<std::uint64_t> read_sequence(std::string_view parameter, std::string_view text);

} // namespace gantry::api
