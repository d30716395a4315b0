// Which recorded requests a client wants.
#pragma once

#include "journal/entry.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::journal {

/// An inclusive range of status codes.
struct status_range {
  unsigned first = 0;
  unsigned last = 999;

  bool operator==(const status_range&) const = default;
};

/// Reads one status (`404`) or a class of them (`4xx`); absent if it is neither.
std::optional<status_range> parse_status(std::string_view text) noexcept;

/// Matches the entries that satisfy all members; an empty text matches any.
struct filter {
  std::string method;
  std::string operation;
  std::string repository;
  /// A part of the target's path, as the client sent it.
  std::string path;
  status_range status;
  /// A part of the User-Agent.
  std::string user_agent;
  /// The name of the fault that the request hit.
  std::string fault;
  /// Only entries with a greater sequence number.
  std::uint64_t since = 0;

  bool matches(const entry& seen) const noexcept;
  bool operator==(const filter&) const = default;
};

} // namespace gantry::journal
