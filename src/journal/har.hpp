// Recorded requests as an HTTP Archive (HAR 1.2), which browsers and proxies open.
#pragma once

#include "journal/journal.hpp"

#include <string>
#include <string_view>

namespace gantry::journal {

struct har_options {
  /// The version of the program that recorded.
  std::string_view version;
  /// Host and port of requests without a Host field.
  std::string_view address;
  /// The reason phrase of a status.
  std::string_view (*reason)(unsigned status);
};

/// The document. The journal keeps no bodies; sizes that it does not know are -1, as the format
/// says.
std::string render_har(const page& found, const har_options& options);

} // namespace gantry::journal
