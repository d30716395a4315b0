// Requests that a registry has recorded.
#pragma once

#include <cstdint>
#include <string>

namespace gantry {

/// Recorded once its response was sent, or its connection broke. Secrets are masked, long texts
/// cut.
struct request {
  /// Counts from 1 and is never reused.
  std::uint64_t sequence = 0;
  std::string method;
  /// Path and query, as the client sent them.
  std::string target;
  std::string user_agent;
  /// Such as `put_manifest`; empty if the request names none.
  std::string operation;
  /// Empty outside a repository.
  std::string repository;
  unsigned status = 0;
  /// The name of the fault that hit it, `unnamed` if that has none; empty if none did.
  std::string fault;
};

/// Matches the requests that satisfy all members; an empty text matches any.
struct request_filter {
  std::string method = {};
  std::string operation = {};
  std::string repository = {};
  /// A part of the path.
  std::string path = {};
  /// Only requests with a greater sequence number.
  std::uint64_t since = 0;
};

} // namespace gantry
