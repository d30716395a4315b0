// A fault that a test injects: what is wrong with which requests.
//
//   registry.fail(gantry::fault{}.on("put_manifest").in("team/*").answering(504).only(2));
//   registry.fail(gantry::fault::named("hub-429").at_most(3));
//
// docs/testing.md explains each member.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry {

/// A time before the first byte of a response: `fixed` alone, evenly from `min` to `max`, or drawn
/// from the normal distribution of `mean` and `deviation`, or from the exponential one of `mean`.
/// At most 10 minutes.
struct fault_delay {
  /// Always this time.
  std::optional<std::chrono::milliseconds> fixed = {};
  /// The shortest; 0 unless given.
  std::optional<std::chrono::milliseconds> min = {};
  /// The longest.
  std::optional<std::chrono::milliseconds> max = {};
  /// Of a normal or an exponential distribution.
  std::optional<std::chrono::milliseconds> mean = {};
  /// Makes the distribution normal.
  std::optional<std::chrono::milliseconds> deviation = {};
};

/// What is absent is left as it is, or as the fault with that name has it.
struct fault {
  /// Which requests. All but the method are shell patterns, in which `*` matches slashes, too; an
  /// empty text matches all.
  struct target {
    /// Such as `PUT`.
    std::string method = {};
    /// Such as `put_manifest`.
    std::string operation = {};
    /// Such as `team/*`.
    std::string repository = {};
    /// The tag, digest or upload id in the path.
    std::string reference = {};
    /// Such as `skopeo*`.
    std::string user_agent = {};
  };

  /// What becomes of the Location of a response.
  struct location_change {
    /// There is none.
    bool absent = false;
    /// Such as `https`; empty leaves it.
    std::string scheme = {};
    /// `HOST:PORT`.
    std::string host = {};
  };

  /// What happens. Sizes are bytes, rates bytes per second.
  struct change {
    /// Of a response instead of the true one, 200 to 599.
    std::optional<unsigned> status = {};
    /// Of a JSON error, such as `TOOMANYREQUESTS`.
    std::string code = {};
    /// Of a JSON error.
    std::string message = {};
    /// Another body than a JSON error.
    std::optional<std::string> body = {};
    /// Of that body.
    std::string content_type = {};
    /// The request takes effect before its response is replaced.
    bool after = false;
    /// Fields that are replaced or added, by name and value.
    std::vector<std::pair<std::string, std::string>> headers = {};
    /// Before the first byte.
    fault_delay delay = {};
    /// Of the response's body.
    std::optional<std::uint64_t> rate = {};
    /// At which the request's body is read.
    std::optional<std::uint64_t> upload_rate = {};
    /// The connection is reset after so many bytes of the response's body; 0: before any byte.
    std::optional<std::uint64_t> reset_after = {};
    /// The connection is reset after so many bytes of the request's body.
    std::optional<std::uint64_t> reset_after_request = {};
    /// The connection ends after so many bytes of the response's body.
    std::optional<std::uint64_t> truncate_after = {};
    /// A Content-Length that is not true.
    std::optional<std::uint64_t> content_length = {};
    /// The offset of a byte of the response's body that is sent wrong.
    std::optional<std::uint64_t> corrupt_byte = {};
    /// Docker-Content-Digest names other content.
    bool wrong_digest = false;
    /// Where the response sends the client.
    location_change location = {};
    /// The next page of a list is the same page.
    bool endless_link = false;
  };

  /// The name of a named fault stands for its rule.
  std::string name = {};
  /// Which requests.
  target match = {};
  /// Only this matching request, counted from 1.
  std::optional<std::uint64_t> nth = {};
  /// Every n-th matching request.
  std::optional<std::uint64_t> every = {};
  /// From 0 to 1.
  std::optional<double> probability = {};
  /// The same seed hits the same requests.
  std::optional<std::uint64_t> seed = {};
  /// The most hits.
  std::optional<std::uint64_t> count = {};
  /// What happens to them.
  change effect = {};

  /// One of the table in docs/testing.md.
  static fault named(std::string known) {
    fault made;
    made.name = std::move(known);
    return made;
  }

  // Each of these returns a changed copy.
  /// Only requests for this operation, such as `put_manifest`.
  fault on(std::string operation) const {
    return with([&](fault& made) { made.match.operation = std::move(operation); });
  }
  /// Only requests inside these repositories: a shell pattern.
  fault in(std::string repository) const {
    return with([&](fault& made) { made.match.repository = std::move(repository); });
  }
  /// The client's User-Agent.
  fault from(std::string user_agent) const {
    return with([&](fault& made) { made.match.user_agent = std::move(user_agent); });
  }
  /// Only this matching request, counted from 1.
  fault only(std::uint64_t number) const {
    return with([&](fault& made) { made.nth = number; });
  }
  /// At most so many hits.
  fault at_most(std::uint64_t hits) const {
    return with([&](fault& made) { made.count = hits; });
  }
  /// A JSON error with this status, 200 to 599, instead of the true response.
  fault answering(unsigned status) const {
    return with([&](fault& made) { made.effect.status = status; });
  }
  /// Replaces or adds a field of the response.
  fault with_header(std::string field, std::string value) const {
    return with(
      [&](fault& made) { made.effect.headers.emplace_back(std::move(field), std::move(value)); });
  }
  /// Waits before the first byte.
  fault delayed(std::chrono::milliseconds time) const {
    return with([&](fault& made) { made.effect.delay.fixed = time; });
  }
  /// The connection is reset after so many bytes of the response's body.
  fault resetting(std::uint64_t bytes) const {
    return with([&](fault& made) { made.effect.reset_after = bytes; });
  }

private:
  template <class Change>
  fault with(Change change_copy) const {
    auto made = *this;
    change_copy(made);
    return made;
  }
};

/// A fault that is set.
struct set_fault {
  /// Counts from 1.
  std::uint64_t id = 0;
  /// Empty if it has none.
  std::string name;
  /// Requests that matched its target.
  std::uint64_t matched = 0;
  /// Requests that it hit.
  std::uint64_t hits = 0;
  /// As it was understood, in JSON.
  std::string rule;
};

} // namespace gantry
