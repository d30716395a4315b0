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
  /// `GET`, in the letters of the client.
  std::string method;
  /// Path and query, as the client sent them.
  std::string target;
  /// Empty if the client sent none.
  std::string user_agent;
  /// Such as `put_manifest`; empty if the request names none.
  std::string operation;
  /// Empty outside a repository.
  std::string repository;
  /// The status of the response.
  unsigned status = 0;
  /// The name of the fault that hit it, `unnamed` if that has none; empty if none did.
  std::string fault;
};

/// Matches the requests that satisfy all members; an empty text matches any.
struct request_filter {
  /// In capitals.
  std::string method = {};
  /// Such as `put_manifest`.
  std::string operation = {};
  /// Such as `team/app`.
  std::string repository = {};
  /// A part of the path.
  std::string path = {};
  /// Only requests with a greater sequence number.
  std::uint64_t since = 0;
};

} // namespace gantry
