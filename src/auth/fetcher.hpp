// How documents of issuers are fetched.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace gantry::auth {

/// The document at a URL, or why there is none.
struct fetched_text {
  std::optional<std::string> text = {};
  std::string why = {};
};
/// `authorities` as in `key_places`. Blocks, for some seconds at most. Any thread.
using fetcher = std::function<fetched_text(const std::string& url, const std::string& authorities)>;

} // namespace gantry::auth
