#include "config/unsupported.hpp"

#include <algorithm>
#include <array>

namespace gantry::config {

namespace {

struct unsupported {
  /// The variable of a setting or of a section, whose settings have further words.
  std::string_view variable;
  std::string_view instead;
};

constexpr std::string_view nothing_kept =
  "content is kept in memory, or in the folder of REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY";
constexpr std::string_view no_such_thing = "there is nothing like it here";

constexpr std::array known{
  // Where podman and skopeo keep passwords: not a setting of distribution.
  unsupported{"REGISTRY_AUTH_FILE", {}},
  unsupported{"REGISTRY_AUTH_SILLY", "REGISTRY_AUTH_HTPASSWD_PATH asks for passwords"},
  unsupported{"REGISTRY_AUTH_TOKEN",
              "there are no tokens yet; REGISTRY_AUTH_HTPASSWD_PATH asks for passwords"},
  unsupported{"REGISTRY_HEALTH", "/health and /readyz are always on"},
  unsupported{"REGISTRY_HTTP_DEBUG", "the address of REGISTRY_HTTP_DEBUG_ADDR speaks plain HTTP"},
  unsupported{"REGISTRY_HTTP_HEADERS",
              "REGISTRY_HTTP_HEADERS itself holds all fields, one per line"},
  unsupported{"REGISTRY_HTTP_HOST",
              "links begin with a path, or with what the client sent as Host"},
  unsupported{"REGISTRY_HTTP_HTTP2", "the protocol is HTTP/1.1"},
  unsupported{"REGISTRY_HTTP_NET", "it listens on TCP"},
  unsupported{"REGISTRY_HTTP_SECRET", "uploads need no secret"},
  unsupported{"REGISTRY_HTTP_TLS", "there is no TLS yet, and it answers plain HTTP"},
  unsupported{"REGISTRY_LOG",
              "REGISTRY_LOG_FORMATTER and REGISTRY_LOG_LEVEL are the settings of logs"},
  unsupported{"REGISTRY_MIDDLEWARE", no_such_thing},
  unsupported{"REGISTRY_NOTIFICATIONS", "no notifications are sent"},
  unsupported{"REGISTRY_POLICY", no_such_thing},
  unsupported{"REGISTRY_PROXY", "it is not a mirror of another registry"},
  unsupported{"REGISTRY_REDIS", "it needs no cache outside"},
  unsupported{"REGISTRY_REPORTING", no_such_thing},
  unsupported{"REGISTRY_STORAGE_AZURE", nothing_kept},
  unsupported{"REGISTRY_STORAGE_CACHE", "its caches need no choice"},
  unsupported{"REGISTRY_STORAGE_FILESYSTEM", "only the folder can be chosen"},
  unsupported{"REGISTRY_STORAGE_GCS", nothing_kept},
  unsupported{"REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING",
              "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_AGE alone says when uploads are dropped"},
  unsupported{"REGISTRY_STORAGE_OSS", nothing_kept},
  unsupported{"REGISTRY_STORAGE_REDIRECT", "it sends blobs itself"},
  unsupported{"REGISTRY_STORAGE_S3", nothing_kept},
  unsupported{"REGISTRY_STORAGE_SWIFT", nothing_kept},
  unsupported{"REGISTRY_VALIDATION",
              "REGISTRY_GANTRY_VALIDATION_REFERENCES says how manifests are checked"},
};

/// Whether `variable` is that one, or begins with it and an underscore.
bool covers(std::string_view known_variable, std::string_view variable) noexcept {
  return variable.starts_with(known_variable) &&
         (variable.size() == known_variable.size() || variable[known_variable.size()] == '_');
}

} // namespace

std::string_view instead_of(std::string_view variable) noexcept {
  const auto found = std::ranges::find_if(
    known, [&](const unsupported& each) { return covers(each.variable, variable); });
  return found == known.end() ? std::string_view{} : found->instead;
}

} // namespace gantry::config
