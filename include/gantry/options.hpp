// The settings of a registry in this process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gantry {

/// Members for the common settings, `set` for all of them. The defaults are those of `gantry
/// serve`, except that it listens on a free port of the loopback interface and writes no access
/// log.
struct options {
  /// What becomes of requests on the host's stdout.
  enum class access_log : std::uint8_t { off, text, json };
  /// How to treat a manifest that names absent blobs. `usual` is `warn` in memory, `reject` in a
  /// folder, and `accept` if `lenient` is set.
  enum class reference_policy : std::uint8_t { usual, accept, warn, reject };

  /// Where to listen, as `HOST:PORT`. Port 0 takes any free port; an IPv6 host needs brackets.
  std::string address = "127.0.0.1:0";
  /// The folder that keeps all content; empty keeps it in memory. Only one registry at a time can
  /// have a folder open.
  std::string data = {};
  /// The first content, also after a reset: `true` for `library/hello-world:latest`, `false` for
  /// none, or the path of an OCI image layout, of an archive of `docker save`, or of a YAML file
  /// that describes it. Empty means `true` in memory, `false` in a folder.
  std::string seed = {};
  /// The most bytes stored in memory; 0 means half of the machine's RAM. Excludes `data`.
  std::uint64_t memory_limit = 0;
  /// Threads that run sockets and actors, 1 to 1024; 0 means one per core.
  std::size_t threads = 0;
  /// One line per request on the host's stdout, or none.
  access_log log = access_log::off;

  /// Behave like this registry, such as `ecr`: see docs/profiles.md. It has other defaults for some
  /// of the members below; a member that is changed from its default here overrides the profile.
  std::string profile = {};
  /// Accept any digest, tag and manifest.
  bool lenient = false;
  /// Which manifests are refused for the blobs that they name.
  reference_policy references = reference_policy::usual;
  /// Refuse every push and delete of a client.
  bool read_only = false;
  /// Accept deletes of clients.
  bool allow_delete = true;
  /// Serve the referrers API; otherwise it answers 404.
  bool referrers = true;
  /// Send scheme and host in `Location` and `Link`, not the path alone.
  bool absolute_locations = false;
  /// Fields of every response, by name and value.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// The most open uploads; 0 means unlimited.
  std::size_t max_uploads = 20'000;

  /// What `set` collected: keys and texts. They apply after the members above.
  std::vector<std::pair<std::string, std::string>> others = {};

  /// Any setting of `docs/configuration.md`: `set("gantry.pages.default", "5")`, by its key or by
  /// its flag (`--page-default`). A later text replaces an earlier one; a list grows. Switches take
  /// `true` and `false`; a flag such as `--no-delete` inverts that of its key. Throws
  /// std::invalid_argument, with a text that says what is allowed, for an unknown name, for a text
  /// that is not valid, and for `--parent-pid` and `--idle-exit`, which are only for the program.
  options& set(const std::string& name, const std::string& text);
};

} // namespace gantry
