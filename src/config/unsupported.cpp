#include "config/unsupported.hpp"

#include "config/row.hpp"

#include <algorithm>
#include <array>

namespace gantry::config {

namespace {

constexpr std::string_view no_such_thing = "there is nothing like it here";
constexpr std::string_view other_storage =
  "content is kept in memory, or in the folder of storage.filesystem.rootdirectory";
constexpr std::string_view other_login = "auth.htpasswd.path lets only users with a password in";

constexpr std::array known{
  unsupported{"auth.silly", other_login, loss::login},
  unsupported{"compatibility", "manifests of schema 1 are refused"},
  unsupported{"health", "/health and /readyz are always on"},
  unsupported{"http.debug", "the address of http.debug.addr speaks plain HTTP"},
  unsupported{"http.h2c", "the protocol is HTTP/1.1"},
  unsupported{"http.http2", "the protocol is HTTP/1.1"},
  unsupported{"http.net", {}}, // an address says whether it is a socket of TCP
  unsupported{"http.secret", "uploads need no secret"},
  unsupported{"http.tls.letsencrypt",
              "it requests no certificates, but reads http.tls.certificate again when another "
              "program renews it"},
  unsupported{"log", "log.formatter and log.level are the settings of logs"},
  unsupported{"loglevel", "log.level says how much is logged"},
  unsupported{"middleware", no_such_thing},
  unsupported{"notifications.events", "events name no references of manifests"},
  unsupported{"policy", no_such_thing},
  unsupported{"proxy", "it is not a mirror of another registry"},
  unsupported{"redis", "it needs no cache outside"},
  unsupported{"reporting", no_such_thing},
  unsupported{"storage.azure", other_storage, loss::content},
  unsupported{"storage.cache", "its caches need no choice"},
  unsupported{"storage.filesystem", "only the folder can be chosen"},
  unsupported{"storage.gcs", other_storage, loss::content},
  unsupported{"storage.maintenance.uploadpurging",
              "storage.maintenance.uploadpurging.age alone says when uploads are dropped"},
  unsupported{"storage.oss", other_storage, loss::content},
  unsupported{"storage.redirect", "it sends blobs itself"},
  unsupported{"storage.s3", other_storage, loss::content},
  unsupported{"storage.s3aws", other_storage, loss::content},
  unsupported{"storage.s3goamz", other_storage, loss::content},
  unsupported{"storage.swift", other_storage, loss::content},
  unsupported{"storage.tag", "its lists of tags need no limit"},
  unsupported{"tags", "catalog.maxentries limits lists of tags, too"},
  unsupported{"validation", "gantry.validation.references says how manifests are checked"},
};

static_assert(std::ranges::is_sorted(known, {}, &unsupported::key));

/// Where podman and skopeo keep passwords: not a setting of distribution.
constexpr std::string_view password_file = "REGISTRY_AUTH_FILE";

} // namespace

std::span<const unsupported> all_unsupported() noexcept {
  return known;
}

const unsupported* find_unsupported(std::string_view key) noexcept {
  const auto found = std::ranges::find_if(known, [key](const unsupported& each) {
    return key.starts_with(each.key) &&
           (key.size() == each.key.size() || key[each.key.size()] == '.');
  });
  return found == known.end() ? nullptr : &*found;
}

const unsupported* find_unsupported_variable(std::string_view variable) noexcept {
  if (variable == password_file)
    return nullptr;
  const auto found = std::ranges::find_if(
    known, [variable](const unsupported& each) { return begins_with_key(variable, each.key); });
  return found == known.end() ? nullptr : &*found;
}

} // namespace gantry::config
