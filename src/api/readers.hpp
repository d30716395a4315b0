// Readers for the members of an api_request: one for each kind of member. The request line is
// already matched to a route.
#pragma once

#include "api/requests.hpp"
#include "api/route.hpp"
#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"
#include "domain/upload_id.hpp"
#include "http/target.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace gantry::api {

struct parse_options {
  /// Accepts any digest and tag (`validation_policy::lenient`).
  bool lenient = false;
  /// The prefix of every path: "" or "/test" (no slash at the end).
  std::string prefix;
  /// A request with more `?tag=` parameters is refused.
  std::size_t max_tag_parameters = 64;
  /// Whether the client may steer the registry; else what steers it (`effect::steers`) is no route.
  bool steers = true;
};

/// The input of all readers.
struct parts {
  placeholders path;
  const http::query_parameters& query;
  const parse_options& settings;

  result<digest> read_digest(std::string_view text) const {
    return settings.lenient ? digest::parse_lenient(text) : digest::parse(text);
  }
};

/// Reads `<name>`. Errors: name_invalid.
result<repository_name> read_name(const parts& from);
/// Reads `<digest>`. A dot segment is no digest, even in the lenient profile. Errors:
/// digest_invalid.
result<digest> read_digest(const parts& from);
/// Reads `<reference>` for a write. Errors: tag_invalid, digest_invalid.
result<reference> read_new_reference(const parts& from);
/// Reads `<reference>` for a read or delete: an invalid tag is an unknown manifest. Errors:
/// manifest_unknown, digest_invalid.
result<reference> read_reference(const parts& from);
/// Reads `<tag>`. Errors: tag_invalid.
result<tag> read_tag(const parts& from);
/// Reads `<id>`. Errors: upload_unknown.
result<upload_id> read_upload(const parts& from);

/// Reads `n`, `last` and the other parameters. Errors: request_invalid.
result<page_query> read_page(const parts& from);
/// Reads `n`, and all other parameters but `before`. Errors: request_invalid.
result<page_query> read_history_page(const parts& from);
/// Read points in time (RFC 3339). Errors: request_invalid.
result<std::optional<time_point>> read_before(const parts& from);
result<std::optional<time_point>> read_since(const parts& from);
result<std::optional<time_point>> read_at(const parts& from);
/// Reads `digest`. Errors: digest_invalid, request_invalid.
result<std::optional<digest>> read_target(const parts& from);
/// Reads `last`, which must be a digest. Errors: digest_invalid, request_invalid.
result<std::optional<digest>> read_last_digest(const parts& from);
/// Reads `digest`; an empty one counts as absent if the digest may be computed. Errors:
/// digest_invalid, request_invalid.
result<std::optional<digest>> read_digest_parameter(const parts& from);
/// Reads `artifactType`: several parameters and comma-separated lists add up. Errors:
/// request_invalid.
result<std::vector<std::string>> read_artifact_types(const parts& from);
/// Reads the number of a fault. Errors: fault_unknown.
result<std::uint64_t> read_fault(const parts& from);
/// Reads the number of a snapshot. Errors: snapshot_unknown.
result<std::uint64_t> read_snapshot(const parts& from);
/// Read the ids of a plan and of a run of retention.
result<plan_id> read_plan(const parts& from);
result<run_id> read_run(const parts& from);

/// Reads the name of a webhook.
result<std::string> read_webhook(const parts& from);
/// Reads `prefix`: the name of a repository, also with a slash at its end. Errors: request_invalid.
result<std::optional<repository_name>> read_prefix(const parts& from);
/// Reads `tag`. Errors: tag_invalid, request_invalid.
result<std::optional<tag>> read_tag_parameter(const parts& from);
/// Reads `to`, which must be there. Errors: name_invalid, request_invalid.
result<repository_name> read_new_name(const parts& from);
/// Read `to` of a copy: a repository, perhaps with a tag. Errors: request_invalid.
result<repository_name> read_copy_target(const parts& from);
result<std::optional<tag>> read_copy_tag(const parts& from);
/// Read `from` of a copy: a repository with a tag or a digest. Errors: request_invalid.
result<repository_name> read_copy_source(const parts& from);
result<reference> read_copied(const parts& from);
/// Reads `purge`. Errors: request_invalid.
result<bool> read_purge(const parts& from);
/// Reads `after`. Errors: request_invalid.
result<std::optional<std::string>> read_after(const parts& from);
/// Reads `dry_run`. Errors: request_invalid.
result<bool> read_dry_run(const parts& from);
result<bool> read_read_only(const parts& from);
/// Reads `scope`: several add up. Errors: request_invalid.
result<std::optional<std::string>> read_scopes(const parts& from);
/// Reads `offline_token`. Errors: request_invalid.
result<bool> read_offline(const parts& from);

/// Reads `tag`, each text once, in order; none unless the reference is a digest. Errors:
/// tag_invalid, too_many_tags, request_invalid.
result<std::vector<tag>> read_tags(const parts& from);
/// Reads `digest-algorithm`. Errors: digest_invalid, request_invalid.
result<std::optional<digest_algorithm>> read_algorithm(const parts& from);
/// Reads `mount`; absent if it does not parse.
result<std::optional<digest>> read_mount(const parts& from);
/// Reads `from`; absent if it does not parse.
result<std::optional<repository_name>> read_source(const parts& from);
/// Whether there is a `from`.
result<bool> read_has_source(const parts& from);

/// Makes a `Request` from the results of the readers, in the order of its members. Errors: the
/// first one of a reader.
template <class Request, auto... Read>
result<Request> make(const parts& from) {
  std::tuple<decltype(Read(from))...> members{Read(from)...};
  std::optional<error> failed;
  [[maybe_unused]] const auto check = [&failed](const auto& member) {
    if (!member && !failed)
      failed = member.error();
  };
  return std::apply(
    [&](auto&... member) -> result<Request> {
      (check(member), ...);
      if (failed)
        return std::move(*failed);
      return Request{std::move(*member)...};
    },
    members);
}

} // namespace gantry::api
