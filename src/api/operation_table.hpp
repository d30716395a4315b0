// THE table of what a client can do: one row per operation. Parsing, the README's table of
// endpoints and every question such as "is this a write?" or "which methods has this path?" use it.
#pragma once

#include "api/filter_readers.hpp"
#include "api/readers.hpp"
#include "api/requests.hpp"
#include "api/route.hpp"

#include <cstdint>
#include <string_view>
#include <tuple>

namespace gantry::api {

/// What an operation does to the content of the registry.
enum class effect : std::uint8_t {
  none,
  reads,
  writes,
  deletes,
  /// Changes the server, not the content of a repository; a mode that protects content allows it.
  controls,
  /// Steers or inspects the registry as a test double; does not exist for others than
  /// `options::steered_by`.
  steers,
};

/// What a token must allow (docker's token scopes): `pull`, `push` and `delete` of the repository
/// in the path, or the catalog.
/// `none` is for everybody, `login` for every user, `token` also for anonymous clients if a policy
/// allows them something; `form` is for who is named in the body.
enum class scope : std::uint8_t {
  none,
  login,
  token,
  form,
  pull,
  push,
  remove,
  catalog,
  metrics,
  admin,
};

struct operation {
  /// As logs and metrics show it.
  std::string_view name;
  route where;
  /// Comma-separated and sorted; HEAD accompanies GET.
  std::string_view methods;
  effect does;
  scope needs;
  /// What it does, as the README says it: one line of Markdown.
  std::string_view help;
  /// The row of the distribution-spec's table of end-points; empty if there is none.
  std::string_view spec = {};
};

/// An operation, the struct of its requests, and a reader for each member of that, in order.
template <class Request, auto... Read>
struct row : operation {
  using request = Request;
  static result<Request> read(const parts& from) { return make<Request, Read...>(from); }
};

/// The alternatives of `api_request` are in this order.
// clang-format off
inline constexpr std::tuple operation_table{
  row<root>{{
    "root", "/", "GET, HEAD", effect::none, scope::none,
    "what this registry is: JSON, or a page for a browser"}},
  row<health>{{
    "health", "/health", "GET, HEAD", effect::none, scope::none,
    "200 while the process answers"}},
  row<live>{{
    "live", "/livez", "GET, HEAD", effect::none, scope::none,
    "200 while the process answers"}},
  row<ready>{{
    "ready", "/readyz", "GET, HEAD", effect::none, scope::none,
    "200; 503, with the reason, while the server stops or once its data folder is gone"}},
  row<metrics>{{
    "metrics", "/metrics", "GET, HEAD", effect::none, scope::metrics,
    "[metrics](docs/metrics.md) for Prometheus; not with `--debug-addr`, which has them then"}},
  row<base>{{
    "base", "/v2/", "GET, HEAD", effect::none, scope::login,
    "200: this is a registry", "end-1"}},
  row<list_repositories, read_page>{{
    "list_repositories", "/v2/_catalog", "GET, HEAD", effect::reads, scope::catalog,
    "repositories that hold a manifest; `n`, `last`"}},
  row<get_token, read_scopes, read_offline>{{
    "get_token", "/v2/_token", "GET, HEAD", effect::none, scope::token,
    "a token for who has logged in, or for an anonymous client; `scope`, repeatable, "
    "`offline_token`; 404 without users: [tokens](docs/tokens.md)"}},
  row<exchange_token>{{
    "exchange_token", "/v2/_token", "POST", effect::none, scope::form,
    "the same by a form (OAuth 2): `grant_type` is `password` or `refresh_token`"}},
  row<list_tags, read_name, read_page>{{
    "list_tags", "/v2/<name>/tags/list", "GET, HEAD", effect::reads, scope::pull,
    "tags of a repository; `n`, `last`", "end-8a, end-8b"}},
  row<tag_history, read_name, read_tag, read_history_page, read_before, read_since, read_target>{{
    "tag_history", "/v2/<name>/_oci/tag-history/<tag>", "GET, HEAD", effect::reads, scope::pull,
    "what happened to a tag, the newest first: [history](docs/history.md); `n`, `before`, `since`, "
    "`digest`"}},
  row<get_manifest, read_name, read_reference, read_at>{{
    "get_manifest", "/v2/<name>/manifests/<reference>", "GET, HEAD", effect::reads, scope::pull,
    "a manifest by tag or digest; `at`: what the tag was then", "end-3"}},
  row<put_manifest, read_name, read_new_reference, read_tags>{{
    "put_manifest", "/v2/<name>/manifests/<reference>", "PUT", effect::writes, scope::push,
    "stores a manifest by tag or digest; by digest with `tag`, repeatedly", "end-7a, end-7b"}},
  row<delete_manifest, read_name, read_reference, read_purge>{{
    "delete_manifest", "/v2/<name>/manifests/<reference>", "DELETE", effect::deletes, scope::remove,
    "deletes a manifest by digest, or a tag; `purge`: [for good](docs/history.md#purges)",
    "end-9"}},
  row<get_blob, read_name, read_digest>{{
    "get_blob", "/v2/<name>/blobs/<digest>", "GET, HEAD", effect::reads, scope::pull,
    "a blob, whole or in ranges", "end-2"}},
  row<delete_blob, read_name, read_digest>{{
    "delete_blob", "/v2/<name>/blobs/<digest>", "DELETE", effect::deletes, scope::remove,
    "deletes a blob from a repository", "end-10"}},
  row<start_upload,
      read_name, read_digest_parameter, read_algorithm, read_mount, read_source, read_has_source>{{
    "start_upload", "/v2/<name>/blobs/uploads/", "POST", effect::writes, scope::push,
    "opens an upload; `digest-algorithm`; `digest` with the whole body; `mount` and `from`",
    "end-4a, end-4b, end-11"}},
  row<upload_status, read_name, read_upload>{{
    "upload_status", "/v2/<name>/blobs/uploads/<id>", "GET, HEAD", effect::reads, scope::push,
    "how many bytes an upload has", "end-13"}},
  row<append_upload, read_name, read_upload>{{
    "append_upload", "/v2/<name>/blobs/uploads/<id>", "PATCH", effect::writes, scope::push,
    "adds a chunk to an upload", "end-5"}},
  row<finish_upload, read_name, read_upload, read_digest_parameter>{{
    "finish_upload", "/v2/<name>/blobs/uploads/<id>", "PUT", effect::writes, scope::push,
    "ends an upload, with its last chunk if there is one; `digest`", "end-6"}},
  row<cancel_upload, read_name, read_upload>{{
    "cancel_upload", "/v2/<name>/blobs/uploads/<id>", "DELETE", effect::writes, scope::push,
    "cancels an upload", "end-14"}},
  row<list_referrers, read_name, read_digest, read_artifact_types, read_last_digest>{{
    "list_referrers", "/v2/<name>/referrers/<digest>", "GET, HEAD", effect::reads, scope::pull,
    "manifests whose subject is this digest; `artifactType`", "end-12a, end-12b"}},
  row<reset, read_prefix>{{
    "reset", "/__parlel/reset", "POST", effect::controls, scope::admin,
    "deletes everything and seeds again, or the repositories below `prefix`; 403 with `--data`, "
    "unless `--allow-reset`"}},
  row<emulator_repositories>{{
    "emulator_repositories", "/__parlel/repositories", "GET, HEAD", effect::reads, scope::catalog,
    "all repositories, and how many there are"}},
  row<list_requests>{{
    "list_requests", "/__parlel/requests", "GET, HEAD", effect::steers, scope::admin,
    "recorded requests; `method`, `operation`, `repository`, `path`, `status`, `since`, `n`"}},
  row<clear_requests>{{
    "clear_requests", "/__parlel/requests", "DELETE", effect::steers, scope::admin,
    "forgets the recorded requests"}},
  row<await_requests>{{
    "await_requests", "/__parlel/requests/wait", "GET, HEAD", effect::steers, scope::admin,
    "recorded requests, once there are `count`; 408 after `timeout`"}},
  row<export_requests>{{
    "export_requests", "/__parlel/requests/har", "GET, HEAD", effect::steers, scope::admin,
    "recorded requests as an HTTP Archive"}},
  row<follow_requests>{{
    "follow_requests", "/__parlel/requests/events", "GET, HEAD", effect::steers, scope::admin,
    "requests as server-sent events, as they are recorded"}},
  row<watch_changes, read_repository_glob, read_tag_glob, read_after>{{
    "watch_changes", "/__gantry/v1/watch", "GET, HEAD", effect::reads, scope::catalog,
    "changes of tags as server-sent events, as they happen: [watch](docs/watch.md); `repository`, "
    "`tag`, `after`"}},
  row<plan_retention>{{
    "plan_retention", "/__gantry/v1/retention/plan", "POST", effect::controls, scope::admin,
    "which tags the rules of retention remove now, without removing any: "
    "[retention](docs/retention.md)"}},
  row<apply_retention, read_plan>{{
    "apply_retention", "/__gantry/v1/retention/apply", "POST", effect::controls, scope::admin,
    "does what a plan says; 409 if that is no longer what the rules remove; `plan`"}},
  row<undo_retention, read_run>{{
    "undo_retention", "/__gantry/v1/retention/undo", "POST", effect::controls, scope::admin,
    "takes a run of retention back; `run`"}},
  row<list_webhooks>{{
    "list_webhooks", "/__gantry/v1/webhooks", "GET, HEAD", effect::none, scope::admin,
    "the servers that are told of changes, and how far each is: [webhooks](docs/webhooks.md)"}},
  row<test_webhook, read_webhook>{{
    "test_webhook", "/__gantry/v1/webhooks/<id>/test", "POST", effect::controls, scope::admin,
    "sends a test event to one of them; 502 if it is not accepted"}},
  row<collect_garbage, read_dry_run>{{
    "collect_garbage", "/__gantry/gc", "POST", effect::controls, scope::admin,
    "collects garbage and says what was deleted; `dry_run` only counts"}},
  row<gc_status>{{
    "gc_status", "/__gantry/gc", "GET, HEAD", effect::none, scope::admin,
    "how far a collection is"}},
  row<list_repository_details,
      read_listed_repositories, read_contains, read_repository_sorting, read_page>{{
    "list_repository_details", "/__gantry/v1/repositories", "GET, HEAD",
    effect::reads, scope::catalog,
    "repositories with their tags, sizes, pushes and pulls: [lists](docs/listing.md); `name`, "
    "`contains`, `sort`, `n`, `last`"}},
  row<list_tag_details,
      read_name, read_listed_tags, read_contains, read_tag_sorting, read_page>{{
    "list_tag_details", "/__gantry/v1/repositories/<name>/tags", "GET, HEAD",
    effect::reads, scope::pull,
    "tags with their digests, sizes, platforms, pushes, pulls and referrers: "
    "[lists](docs/listing.md#tags); `name`, `contains`, `sort`, `n`, `last`"}},
  row<search_manifests,
      read_annotations, read_labels, read_target, read_artifact_type, read_page>{{
    "search_manifests", "/__gantry/v1/search", "GET, HEAD", effect::reads, scope::catalog,
    "manifests of all repositories: [search](docs/listing.md#search); `annotation` and `label`, "
    "repeatable, `digest`, `artifactType`, `n`, `last`"}},
  row<repository_history,
      read_name, read_tag_parameter, read_page, read_before, read_since, read_target>{{
    "repository_history", "/__gantry/v1/repositories/<name>/history", "GET, HEAD",
    effect::reads, scope::pull,
    "what happened in a repository, the newest first: [history](docs/history.md#entries); `tag`, "
    "`digest`, `before`, `since`, `n`, `last`"}},
  row<undo_changes, read_name>{{
    "undo_changes", "/__gantry/v1/repositories/<name>/undo", "POST", effect::writes, scope::remove,
    "takes back a change, a deletion, or what a tag has become since: "
    "[undo](docs/history.md#undo)"}},
  row<list_removed, read_name, read_page>{{
    "list_removed", "/__gantry/v1/repositories/<name>/removed", "GET, HEAD",
    effect::reads, scope::remove,
    "manifests that were deleted, and can be brought back; `n`, `last`"}},
  row<delete_repository, read_name, read_purge>{{
    "delete_repository", "/__gantry/v1/repositories/<name>/", "DELETE",
    effect::deletes, scope::remove,
    "deletes all tags and manifests of a repository, as one change; `purge`: for good: "
    "[repositories](docs/repositories.md)"}},
  row<rename_repository, read_name, read_new_name>{{
    "rename_repository", "/__gantry/v1/repositories/<name>/rename", "POST",
    effect::deletes, scope::remove,
    "gives a repository another name: `to`"}},
  row<copy_image, read_copy_target, read_copy_tag, read_copy_source, read_copied>{{
    "copy_image", "/__gantry/v1/copy", "POST", effect::writes, scope::push,
    "copies an image with its children, referrers and signatures, without moving bytes: `from`, "
    "`to`: [promotion](docs/repositories.md#copies)"}},
  row<server_status>{{
    "server_status", "/__gantry/status", "GET, HEAD", effect::none, scope::admin,
    "what `gantry status` shows: readiness, room, uploads, leases, the last collection"}},
  row<set_mode, read_read_only>{{
    "set_mode", "/__gantry/mode", "POST", effect::controls, scope::admin,
    "refuses pushes and deletes from now on (`read_only=true`), or accepts them again (`false`)"}},
  row<get_mode>{{
    "get_mode", "/__gantry/mode", "GET, HEAD", effect::none, scope::admin,
    "whether pushes and deletes are refused"}},
  row<set_faults>{{
    "set_faults", "/__parlel/faults", "POST", effect::steers, scope::admin,
    "injects a fault, or several: [testing](docs/testing.md#faults)"}},
  row<list_faults>{{
    "list_faults", "/__parlel/faults", "GET, HEAD", effect::steers, scope::admin,
    "the faults that are set, how often each has hit, and the named ones"}},
  row<clear_faults>{{
    "clear_faults", "/__parlel/faults", "DELETE", effect::steers, scope::admin,
    "removes all faults"}},
  row<remove_fault, read_fault>{{
    "remove_fault", "/__parlel/faults/<id>", "DELETE", effect::steers, scope::admin,
    "removes a fault"}},
  row<call_tool>{{
    "call_tool", "/mcp", "POST", effect::steers, scope::admin,
    "tools for agents, by the Model Context Protocol: [testing](docs/testing.md#for-agents-mcp)"}},
  row<take_snapshot>{{
    "take_snapshot", "/__parlel/snapshot", "POST", effect::steers, scope::admin,
    "saves all content: [testing](docs/testing.md#snapshots)"}},
  row<list_snapshots>{{
    "list_snapshots", "/__parlel/snapshot", "GET, HEAD", effect::steers, scope::admin,
    "the snapshots, the oldest first"}},
  row<restore_snapshot, read_snapshot>{{
    "restore_snapshot", "/__parlel/snapshot/<id>/restore", "POST", effect::steers, scope::admin,
    "returns to a snapshot"}},
  row<remove_snapshot, read_snapshot>{{
    "remove_snapshot", "/__parlel/snapshot/<id>", "DELETE", effect::steers, scope::admin,
    "removes a snapshot"}},
  row<get_clock>{{
    "get_clock", "/__parlel/clock", "GET, HEAD", effect::steers, scope::admin,
    "the time that uploads and leases expire by"}},
  row<set_clock>{{
    "set_clock", "/__parlel/clock", "POST", effect::steers, scope::admin,
    "sets, advances or freezes that time: [testing](docs/testing.md#time)"}},
  // On every path.
  row<list_methods>{{
    "list_methods", {}, "OPTIONS", effect::none, scope::none,
    "the methods of a path"}},
};
// clang-format on

} // namespace gantry::api
