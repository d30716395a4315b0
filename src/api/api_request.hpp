// What a request asks for: method and target parsed into one of the alternatives below, with the
// spec's end-points in the comments. Pure: no socket, no actor, no header.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"
#include "domain/upload_id.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gantry::api {

/// The `n` and `last` of a list, decoded but not yet checked against the configured limits.
struct page_query {
  std::optional<std::string> n;
  std::optional<std::string> last;
  /// Other parameters of the request, still encoded (`ns=docker.io`); the link to the next page
  /// keeps them.
  std::string others;

  bool operator==(const page_query&) const = default;
};

// The emulator's surface.

/// GET /
struct root {};
/// GET /health
struct health {};
/// GET /readyz
struct ready {};
/// POST /__parlel/reset
struct reset {};
/// GET /__parlel/repositories
struct emulator_repositories {};
/// POST /__gantry/gc?dry_run=
struct collect_garbage {
  /// `dry_run` is present, and neither `0` nor `false`.
  bool dry_run = false;
};
/// GET /__gantry/gc
struct gc_status {};

// The registry.

/// end-1: GET /v2/ (and /v2)
struct base {};

/// GET /v2/_catalog?n=&last=
struct list_repositories {
  page_query page;
};

/// end-2: GET|HEAD /v2/<name>/blobs/<digest>
struct get_blob {
  repository_name repository;
  digest id;
};

/// end-3: GET|HEAD /v2/<name>/manifests/<reference>
struct get_manifest {
  repository_name repository;
  reference name;
};

/// end-4a, 4b, 11: POST /v2/<name>/blobs/uploads/?digest=&digest-algorithm=&mount=&from=
struct start_upload {
  repository_name repository;
  /// Present: the body is the whole blob (end-4b).
  std::optional<digest> id;
  std::optional<digest_algorithm> algorithm;
  /// Absent if it was not requested or does not parse; then an upload is opened, as the spec
  /// requires.
  std::optional<digest> mount;
  std::optional<repository_name> from;
  /// `from` was given, even if it does not parse: the client does not want an anonymous mount.
  bool from_given = false;
};

/// end-13: GET|HEAD /v2/<name>/blobs/uploads/<id>
struct upload_status {
  repository_name repository;
  upload_id upload;
};

/// end-5: PATCH /v2/<name>/blobs/uploads/<id>
struct append_upload {
  repository_name repository;
  upload_id upload;
};

/// end-6: PUT /v2/<name>/blobs/uploads/<id>?digest=
struct finish_upload {
  repository_name repository;
  upload_id upload;
  /// If absent, it is computed in the lenient profile; otherwise the handler answers
  /// digest_invalid.
  std::optional<digest> id;
};

/// end-14: DELETE /v2/<name>/blobs/uploads/<id>
struct cancel_upload {
  repository_name repository;
  upload_id upload;
};

/// end-7a, 7b: PUT /v2/<name>/manifests/<reference>?tag=…
struct put_manifest {
  repository_name repository;
  reference name;
  /// The tags of the query, each once, in order; only if the reference is a digest.
  std::vector<tag> tags;
};

/// end-8a, 8b: GET /v2/<name>/tags/list?n=&last=
struct list_tags {
  repository_name repository;
  page_query page;
};

/// end-9: DELETE /v2/<name>/manifests/<reference>
struct delete_manifest {
  repository_name repository;
  reference name;
};

/// end-10: DELETE /v2/<name>/blobs/<digest>
struct delete_blob {
  repository_name repository;
  digest id;
};

/// end-12a, 12b: GET /v2/<name>/referrers/<digest>?artifactType=
struct list_referrers {
  repository_name repository;
  digest subject;
  /// From all `artifactType` parameters and their comma-separated lists; empty means all types.
  std::vector<std::string> artifact_types;
  /// The end of the previous page (`last=<digest>` of our own Link).
  std::optional<digest> last;
};

/// OPTIONS on any target, whether it is a route or not.
struct list_methods {
  /// The methods of the route, comma-separated and sorted: "DELETE, GET, HEAD, PUT". If the target
  /// is no route, all methods of the API.
  std::string allow;
};

/// A closed set: if a new alternative lacks its row of `operations` or its handler, the compiler
/// says so.
// clang-format off
using api_request = std::variant<
  root,
  health,
  ready,
  reset,
  emulator_repositories,
  collect_garbage,
  gc_status,
  base,
  list_repositories,
  get_blob,
  get_manifest,
  start_upload,
  upload_status,
  append_upload,
  finish_upload,
  cancel_upload,
  put_manifest,
  list_tags,
  delete_manifest,
  delete_blob,
  list_referrers,
  list_methods>;
// clang-format on

struct parse_options {
  /// Accepts any digest and tag (`validation_policy::lenient`).
  bool lenient = false;
  /// The prefix of every path: "" or "/test" (no slash at the end).
  std::string prefix;
  /// A request with more `?tag=` parameters is refused.
  std::size_t max_tag_parameters = 64;
};

/// Why a request line is rejected.
struct rejection {
  error why;
  /// For method_not_allowed: the methods of the route, as in `list_methods::allow`.
  std::string allow;
};

using parsed_request = boost::system::result<api_request, rejection>;

[[noreturn]] void throw_exception_from_error(const rejection& refused,
                                             const boost::source_location&);

/// `method` as on the request line ("GET"); `target` in origin form, or in absolute form
/// (`http://host/path`), whose authority is dropped. HEAD parses as GET does; the caller omits the
/// body. The path is percent-decoded once; `.` and `..` segments, empty segments, NUL, control
/// characters and invalid UTF-8 are refused, never normalised. Routes are matched from the right,
/// so repositories may be called `tags/list` or `manifests/blobs`. Unknown parameters are ignored;
/// if one is repeated, the first counts. Errors: route_unknown, method_not_allowed, name_invalid,
/// tag_invalid, manifest_unknown (an invalid tag in a request that does not write), digest_invalid,
/// upload_unknown, request_invalid, too_many_tags.
parsed_request parse_request(std::string_view method, std::string_view target,
                             const parse_options& options);

/// Whether the target is one of the registry's controls, even if it is no route: a path that begins
/// with two underscores, or `/mcp`.
bool is_control(std::string_view target, std::string_view prefix);

} // namespace gantry::api
