// Request targets: those that the distribution specification defines, and those that a registry
// returns.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gantry::client {

/// Builds the targets of one registry. Names and references are used unchanged: the caller passes
/// valid ones. A value; safe to read from any thread.
class registry_targets {
public:
  /// `prefix` precedes `/v2/`: empty, or a path that starts with a slash and does not end with one.
  explicit registry_targets(std::string_view prefix);

  /// `PREFIX/v2/`: answers whether this is a registry, and with which credentials.
  const std::string& root() const noexcept { return root_; }
  std::string catalog() const;
  std::string manifest(std::string_view repository, std::string_view reference) const;
  std::string blob(std::string_view repository, std::string_view digest) const;
  /// Opens an upload.
  std::string uploads(std::string_view repository) const;
  /// Mounts a blob of the repository `from`, or opens an upload.
  std::string mount(std::string_view repository, std::string_view digest,
                    std::string_view from) const;
  std::string tags(std::string_view repository) const;

  /// The repository that a target below the root names. Empty if it names none.
  std::string_view repository_in(std::string_view target) const;

private:
  std::string in_repository(std::string_view repository, std::string_view kind,
                            std::string_view name) const;

  std::string root_;
};

/// `target` with `KEY=DIGEST` appended to its query; the colon is escaped, as most clients do.
std::string with_digest(std::string_view target, std::string_view digest,
                        std::string_view key = "digest");

/// The target of a Location field, absolute or relative to `request_target` (RFC 9110, 10.2.2). The
/// host of an absolute one is ignored because a registry behind a proxy may use another name for
/// itself. Returns nothing if the field is empty or not an http(s) URL.
std::optional<std::string> resolve_location(std::string_view location,
                                            std::string_view request_target);

/// The target of the next page in a Link field: `<…>; rel="next"`, absolute or relative to
/// `request_target`. Returns nothing if the field has another form.
std::optional<std::string> next_page(std::string_view link, std::string_view request_target);

} // namespace gantry::client
