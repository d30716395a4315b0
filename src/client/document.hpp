// Fetches one document of the web.
#pragma once

#include "client/tls.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace gantry::client {

struct document_settings {
  /// For each address of the host, and for the exchange.
  std::chrono::milliseconds timeout{5000};
  tls_settings tls = {};
};

struct document {
  /// Absent if there is none.
  std::optional<std::string> text = {};
  /// What is wrong then, in words.
  std::string why = {};
};

/// Requests an `http` or `https` URL, and follows no redirect. Blocks the calling thread. The text
/// has at most `max_kept_body` bytes.
document fetch_document(const std::string& url, const document_settings& settings = {});

} // namespace gantry::client
