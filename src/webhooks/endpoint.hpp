// Who is told of changes.
#pragma once

#include "client/registry_url.hpp"
#include "domain/changes.hpp"
#include "domain/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::webhooks {

enum class format : std::uint8_t {
  /// The envelope of docker's registry.
  distribution,
  /// A batch of CloudEvents 1.0.
  cloudevents,
};

struct endpoint {
  /// Names it in metrics, logs and files.
  std::string name = {};
  /// Nothing is sent, except tests.
  bool disabled = false;
  /// As `read_target` reads it.
  std::string url = {};
  /// Further fields of each request. Their values may be secrets.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// An attempt takes at most this long.
  std::chrono::milliseconds timeout{1'000};
  /// So many attempts in a row may fail before there are pauses between them; at least 1.
  std::size_t threshold = 10;
  /// The first of these pauses.
  std::chrono::milliseconds backoff{1'000};
  std::vector<std::string> ignored_media_types = {};
  /// Kinds of changes, or actions of docker's registry.
  std::vector<std::string> ignored_actions = {};
  format written_as = format::distribution;

  bool operator==(const endpoint&) const = default;
};

/// A URL, and the login that it has.
struct target {
  client::web_url url = {};
  /// The value of the field Authorization; empty for none.
  std::string authorization = {};
  /// The URL without the login.
  std::string shown = {};
};

/// Reads `http[s]://[USER:PASSWORD@]HOST[:PORT][/PATH]`. Errors: request_invalid, with what to
/// write.
result<target> read_target(std::string_view text);

/// The action by which docker's registry knows such a change: `push` or `delete`.
std::string_view action_of(change_kind kind) noexcept;

/// Whether the endpoint is told of the change.
bool wants(const endpoint& who, const logged_change& change);

} // namespace gantry::webhooks
