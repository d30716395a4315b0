// Requests that a registry has recorded.
//
//   const auto pushes = gantry::request_filter{}.on("put_manifest").in("team/app");
//   registry.expect(pushes.answered("2xx"), 2);
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry {

/// Recorded once its response was sent, or its connection broke. Secrets are masked, long texts
/// cut.
struct request {
  /// Header fields by name and value.
  using field_list = std::vector<std::pair<std::string, std::string>>;

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
  /// When it began.
  std::chrono::system_clock::time_point time{};
  /// To the end of its response.
  std::chrono::microseconds duration{0};
  /// In the order in which they came.
  field_list headers = {};
  /// Those of the response.
  field_list response_headers = {};
  /// A head was too long to be recorded whole.
  bool truncated = false;
  /// Of the request's body, if the client declared them.
  std::optional<std::uint64_t> body_bytes = {};
  /// Of the response, with its head.
  std::uint64_t bytes_sent = 0;
  /// The client's address and port.
  std::string connection = {};
  /// The X-Request-Id of the response.
  std::string request_id = {};

  /// The value of the first field of that name, in any case; empty if there is none.
  std::string header(const std::string& name) const;
  /// The same for the response.
  std::string response_header(const std::string& name) const;
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
  /// `404`, or a class such as `4xx`.
  std::string status = {};
  /// A part of it.
  std::string user_agent = {};
  /// The name of the fault that hit it.
  std::string fault = {};
  /// Any other condition. Runs on the thread that asks.
  std::function<bool(const request&)> condition = {};
  /// What `condition` demands, for messages.
  std::string condition_text = {};

  // Each of these returns a changed copy.
  /// Only this operation, such as `put_manifest`.
  request_filter on(std::string wanted) const { return with(&request_filter::operation, wanted); }
  /// Only inside this repository.
  request_filter in(std::string wanted) const { return with(&request_filter::repository, wanted); }
  /// Only this method.
  request_filter by(std::string wanted) const { return with(&request_filter::method, wanted); }
  /// Only clients whose User-Agent contains this text.
  request_filter from(std::string agent) const { return with(&request_filter::user_agent, agent); }
  /// Only this status (`404`), or this class (`4xx`).
  request_filter answered(std::string wanted) const {
    return with(&request_filter::status, wanted);
  }
  /// Only requests that the fault of this name has hit.
  request_filter hit_by(std::string name) const { return with(&request_filter::fault, name); }
  /// Only requests with a greater sequence number.
  request_filter after(std::uint64_t sequence) const {
    auto made = *this;
    made.since = sequence;
    return made;
  }
  /// Replaces an earlier condition.
  request_filter where(std::function<bool(const request&)> holds,
                       std::string text = "the test's condition") const {
    auto made = *this;
    made.condition = std::move(holds);
    made.condition_text = std::move(text);
    return made;
  }

private:
  request_filter with(std::string request_filter::*member, std::string& text) const {
    auto made = *this;
    made.*member = std::move(text);
    return made;
  }
};

/// `#3 PUT /v2/team/app/manifests/v1 201 (put_manifest)`.
std::string describe(const request& seen);
/// `operation put_manifest, status 4xx`; `any request` if all members are empty.
std::string describe(const request_filter& which);

} // namespace gantry
