// What a client can ask for: a struct per operation, with the spec's end-points in the comments,
// and the handler that answers it. A handler reads headers, asks actors, and builds the answer; it
// touches the socket only through the exchange. Its definition is in `handlers`, in the file of its
// resource.
#pragma once

#include "api/retention_ids.hpp"
#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/reference.hpp"
#include "domain/repository_name.hpp"
#include "domain/time_point.hpp"
#include "domain/upload_id.hpp"
#include "http/response.hpp"
#include "listing/query.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::api {

struct exchange;
using answer = boost::asio::awaitable<http::response>;

/// The `n` and `last` of a list, decoded but not yet checked against the configured limits.
struct page_query {
  std::optional<std::string> n;
  std::optional<std::string> last;
  /// Other parameters of the request, still encoded (`ns=docker.io`); the link to the next page
  /// keeps them.
  std::string others;
  /// If not zero, the page has this many entries whatever the request and the limits say.
  std::size_t whole = 0;

  bool operator==(const page_query&) const = default;
};

// The emulator's surface.

/// GET /
struct root {};
answer handle(exchange& ex, root);

/// GET /health
struct health {};
answer handle(exchange& ex, health);

/// GET /livez
struct live {};
answer handle(exchange& ex, live);

/// GET /metrics
struct metrics {};
answer handle(exchange& ex, metrics);

/// GET /__gantry/status
struct server_status {};
answer handle(exchange& ex, server_status);

/// GET /readyz
struct ready {};
answer handle(exchange& ex, ready);

/// POST /__parlel/reset?prefix=
struct reset {
  /// Only the repositories within this one.
  std::optional<repository_name> within;
};
answer handle(exchange& ex, reset request);

/// POST /__parlel/snapshot
struct take_snapshot {};
answer handle(exchange& ex, take_snapshot);

/// GET|HEAD /__parlel/snapshot
struct list_snapshots {};
answer handle(exchange& ex, list_snapshots);

/// POST /__parlel/snapshot/<id>/restore
struct restore_snapshot {
  std::uint64_t number = 0;
};
answer handle(exchange& ex, restore_snapshot request);

/// DELETE /__parlel/snapshot/<id>
struct remove_snapshot {
  std::uint64_t number = 0;
};
answer handle(exchange& ex, remove_snapshot request);

/// GET /__parlel/repositories
struct emulator_repositories {};
answer handle(exchange& ex, emulator_repositories);

/// GET|HEAD /__parlel/clock
struct get_clock {};
answer handle(exchange& ex, get_clock);

/// POST /__parlel/clock
struct set_clock {};
answer handle(exchange& ex, set_clock);

// The journal. The handlers read the parameters, because only who may steer learns of them:
// `method`, `operation`, `repository`, `path`, `status` and `since` filter, `n` limits.

/// GET /__parlel/requests?<filter>&n=
struct list_requests {};
answer handle(exchange& ex, list_requests);

/// DELETE /__parlel/requests
struct clear_requests {};
answer handle(exchange& ex, clear_requests);

/// GET /__parlel/requests/wait?<filter>&count=&timeout=
struct await_requests {};
answer handle(exchange& ex, await_requests);

/// GET /__parlel/requests/har?<filter>&n=
struct export_requests {};
answer handle(exchange& ex, export_requests);

/// GET /__parlel/requests/events?<filter>
struct follow_requests {};
answer handle(exchange& ex, follow_requests);

/// GET /__gantry/v1/watch?repository=&tag=&after=
struct watch_changes {
  /// Globs; empty for all.
  std::string repository;
  std::string tag;
  /// The id of an event; Last-Event-ID counts before it.
  std::optional<std::string> after;
};
answer handle(exchange& ex, watch_changes request);

/// POST /__gantry/v1/retention/plan
struct plan_retention {};
answer handle(exchange& ex, plan_retention);

/// POST /__gantry/v1/retention/apply
struct apply_retention {
  plan_id plan;
};
answer handle(exchange& ex, apply_retention request);

/// POST /__gantry/v1/retention/undo
struct undo_retention {
  run_id run;
};
answer handle(exchange& ex, undo_retention request);

/// GET /__gantry/v1/webhooks
struct list_webhooks {};
answer handle(exchange& ex, list_webhooks);

/// POST /__gantry/v1/webhooks/<id>/test
struct test_webhook {
  std::string webhook;
};
answer handle(exchange& ex, test_webhook request);

/// POST /__gantry/gc?dry_run=
struct collect_garbage {
  /// `dry_run` is present, and neither `0` nor `false`.
  bool dry_run = false;
};
answer handle(exchange& ex, collect_garbage request);

/// POST /__gantry/mode?read_only=
struct set_mode {
  bool read_only = false;
};
answer handle(exchange& ex, set_mode request);

/// GET /__gantry/mode
struct get_mode {};
answer handle(exchange& ex, get_mode);

/// GET /__gantry/gc
struct gc_status {};
answer handle(exchange& ex, gc_status);

// The registry.

/// end-1: GET /v2/ (and /v2)
struct base {};
answer handle(exchange& ex, base);

// docker's token protocol. Both are at /token, too.

/// GET /v2/_token?scope=&offline_token=: for the credentials of the request.
struct get_token {
  /// Separated by spaces; absent for a token that allows what its owner may do.
  std::optional<std::string> scopes;
  /// A refresh token is wanted, too.
  bool offline;
};
answer handle(exchange& ex, get_token request);

/// POST /v2/_token: for the credentials in the form.
struct exchange_token {};
answer handle(exchange& ex, exchange_token);

/// GET /v2/_catalog?n=&last=
struct list_repositories {
  page_query page;
};
answer handle(exchange& ex, list_repositories request);

/// end-2: GET|HEAD /v2/<name>/blobs/<digest>
struct get_blob {
  repository_name repository;
  digest id;
};
answer handle(exchange& ex, get_blob request);

/// end-3: GET|HEAD /v2/<name>/manifests/<reference>
struct get_manifest {
  repository_name repository;
  reference name;
  /// What the tag pointed to then (an extension of ours).
  std::optional<time_point> at;
};
answer handle(exchange& ex, get_manifest request);

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
answer handle(exchange& ex, start_upload request);

/// end-13: GET|HEAD /v2/<name>/blobs/uploads/<id>
struct upload_status {
  repository_name repository;
  upload_id upload;
};
answer handle(exchange& ex, upload_status request);

/// end-5: PATCH /v2/<name>/blobs/uploads/<id>
struct append_upload {
  repository_name repository;
  upload_id upload;
};
answer handle(exchange& ex, append_upload request);

/// end-6: PUT /v2/<name>/blobs/uploads/<id>?digest=
struct finish_upload {
  repository_name repository;
  upload_id upload;
  /// If absent, it is computed in the lenient profile; otherwise the handler answers
  /// digest_invalid.
  std::optional<digest> id;
};
answer handle(exchange& ex, finish_upload request);

/// end-14: DELETE /v2/<name>/blobs/uploads/<id>
struct cancel_upload {
  repository_name repository;
  upload_id upload;
};
answer handle(exchange& ex, cancel_upload request);

/// end-7a, 7b: PUT /v2/<name>/manifests/<reference>?tag=…
struct put_manifest {
  repository_name repository;
  reference name;
  /// The tags of the query, each once, in order; only if the reference is a digest.
  std::vector<tag> tags;
};
answer handle(exchange& ex, put_manifest request);

/// end-8a, 8b: GET /v2/<name>/tags/list?n=&last=
struct list_tags {
  repository_name repository;
  page_query page;
};
answer handle(exchange& ex, list_tags request);

/// GET /v2/<name>/_oci/tag-history/<tag>?n=&before=&since=&digest= (a draft: distribution-spec,
/// pull request 606)
struct tag_history {
  repository_name repository;
  tag name;
  /// Its `n`, and all other parameters but `before`.
  page_query page;
  std::optional<time_point> before;
  std::optional<time_point> since;
  std::optional<digest> target;
};
answer handle(exchange& ex, tag_history request);

/// GET /__gantry/v1/repositories?name=&contains=&sort=&n=&last=
struct list_repository_details {
  /// A glob of names, and a part of them; empty for all.
  std::string glob;
  std::string contains;
  listing::sorting<listing::repository_order> sorted;
  page_query page;
};
answer handle(exchange& ex, list_repository_details request);

/// GET /__gantry/v1/repositories/<name>/tags?name=&contains=&sort=&n=&last=
struct list_tag_details {
  repository_name repository;
  /// As for repositories.
  std::string glob;
  std::string contains;
  listing::sorting<listing::tag_order> sorted;
  page_query page;
};
answer handle(exchange& ex, list_tag_details request);

/// GET /__gantry/v1/search?annotation=&label=&digest=&artifactType=&n=&last=
struct search_manifests {
  std::vector<listing::wanted_fact> annotations;
  std::vector<listing::wanted_fact> labels;
  std::optional<digest> target;
  /// Empty for any.
  std::string artifact_type;
  page_query page;
};
answer handle(exchange& ex, search_manifests request);

/// GET /__gantry/v1/repositories/<name>/history?tag=&digest=&n=&last=&before=&since=
struct repository_history {
  repository_name repository;
  std::optional<tag> of_tag;
  /// Its `n` and `last`, the number of an entry, and all other parameters.
  page_query page;
  std::optional<time_point> before;
  std::optional<time_point> since;
  std::optional<digest> target;
};
answer handle(exchange& ex, repository_history request);

/// POST /__gantry/v1/repositories/<name>/undo; the body says what.
struct undo_changes {
  repository_name repository;
};
answer handle(exchange& ex, undo_changes request);

/// GET /__gantry/v1/repositories/<name>/removed?n=&last=
struct list_removed {
  repository_name repository;
  page_query page;
};
answer handle(exchange& ex, list_removed request);

/// DELETE /__gantry/v1/repositories/<name>/?purge=
struct delete_repository {
  repository_name repository;
  bool purge = false;
};
answer handle(exchange& ex, delete_repository request);

/// POST /__gantry/v1/repositories/<name>/rename?to=
struct rename_repository {
  repository_name repository;
  repository_name to;
};
answer handle(exchange& ex, rename_repository request);

/// POST /__gantry/v1/copy?from=<name>:<tag>&to=<name>[:<tag>]
struct copy_image {
  /// Its new repository, and the tag that it gets there; absent: the same tag.
  repository_name repository;
  std::optional<tag> new_tag;
  repository_name from;
  reference wanted;
};
answer handle(exchange& ex, copy_image request);

/// end-9: DELETE /v2/<name>/manifests/<reference>?purge=
struct delete_manifest {
  repository_name repository;
  reference name;
  bool purge = false;
};
answer handle(exchange& ex, delete_manifest request);

/// end-10: DELETE /v2/<name>/blobs/<digest>
struct delete_blob {
  repository_name repository;
  digest id;
};
answer handle(exchange& ex, delete_blob request);

/// end-12a, 12b: GET /v2/<name>/referrers/<digest>?artifactType=
struct list_referrers {
  repository_name repository;
  digest subject;
  /// From all `artifactType` parameters and their comma-separated lists; empty means all types.
  std::vector<std::string> artifact_types;
  /// The end of the previous page (`last=<digest>` of our own Link).
  std::optional<digest> last;
};
answer handle(exchange& ex, list_referrers request);

/// POST /__parlel/faults
struct set_faults {};
answer handle(exchange& ex, set_faults request);

/// GET|HEAD /__parlel/faults
struct list_faults {};
answer handle(exchange& ex, list_faults request);

/// DELETE /__parlel/faults
struct clear_faults {};
answer handle(exchange& ex, clear_faults request);

/// DELETE /__parlel/faults/<id>
struct remove_fault {
  std::uint64_t number = 0;
};
answer handle(exchange& ex, remove_fault request);

/// POST /mcp
struct call_tool {};
answer handle(exchange& ex, call_tool request);

/// OPTIONS on any target, whether it is a route or not.
struct list_methods {
  /// The methods of the route, comma-separated and sorted: "DELETE, GET, HEAD, PUT". If the target
  /// is no route, all methods of the API.
  std::string allow;
};
answer handle(exchange& ex, list_methods request);

} // namespace gantry::api
