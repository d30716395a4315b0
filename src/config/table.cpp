#include "config/table.hpp"

#include "config/kinds.hpp"

#include <algorithm>
#include <iterator>

namespace gantry::config {

namespace {

using references = validation_policy::references;
using std::chrono::milliseconds;

constexpr std::string_view own_keys = "gantry.";
constexpr milliseconds never{0};
constexpr bounds positive_size{1, any_size.most};
constexpr bounds page_size{1, 1'000'000};
constexpr std::string_view on = "true";
constexpr std::string_view off = "false";

constexpr std::array<choice_row<access_log>, 3> log_names{
  {{"json", access_log::json}, {"off", access_log::off}, {"text", access_log::text}}};

constexpr std::array<choice_row<references>, 3> reference_names{
  {{"accept", references::accept}, {"reject", references::reject}, {"warn", references::warn}}};

constexpr value or_empty(value holds) {
  holds.may_be_empty = true;
  return holds;
}

constexpr row rows[] = {
  {.key = "catalog.maxentries",
   .flag = "--page-max",
   .holds = count<&settings::page_max>(page_size),
   .section = group::lists,
   .help = "entries of a list at most; a larger n is lowered to it",
   .reloadable = true},
  {.key = "gantry.accesslog.format",
   .flag = "--access-log",
   .holds = choice<&settings::log, log_names>(),
   .section = group::serving,
   .help = "one line per request on stdout, as text or JSON"},
  {.key = "gantry.blobs.lease",
   .flag = "--blob-lease",
   .holds = duration<&settings::blob_lease>(),
   .section = group::upkeep,
   .help = "keep a blob that a push may count on for this long; set it above the longest push"},
  {.key = "gantry.blobs.maxsize",
   .flag = "--max-blob-size",
   .holds = size<&settings::max_blob_size>(),
   .section = group::content,
   .help = "bytes of one blob; 0 = unlimited",
   .fallback = "unlimited"},
  {.key = "gantry.connections.max",
   .flag = "--max-connections",
   .holds = count<&settings::max_connections>({1, 10'000'000}),
   .section = group::connections,
   .help = "open connections; a further one takes the place of the one that is idle longest"},
  {.key = "gantry.cors.origins",
   .flag = "--cors-origin",
   .holds = or_empty(list<&settings::cors_origins>("ORIGIN", ',', form::origin)),
   .section = group::browsers,
   .help = "web pages of this origin, such as http://localhost:3000, may use the registry from a "
           "browser; may be repeated. * lets all other pages read, an empty text none",
   .fallback = "* in memory, none with --data",
   .reloadable = true},
  {.key = "gantry.gc.grace",
   .flag = "--gc-grace",
   .holds = duration<&settings::gc_grace>(never),
   .section = group::upkeep,
   .help = "remove garbage after this long",
   .needs_folder = true},
  {.key = "gantry.gc.interval",
   .flag = "--gc-interval",
   .holds = duration<&settings::gc_interval>(never),
   .section = group::upkeep,
   .help = "collect garbage this often; 0 = only on request"},
  {.key = "gantry.gc.untagged",
   .flag = "--delete-untagged",
   .holds = toggle<&settings::delete_untagged>(on),
   .section = group::upkeep,
   .help = "collect manifests without a tag, unless an index names them or their own subject is "
           "there",
   .needs_folder = true},
  {.key = "gantry.hosts.allowed",
   .flag = "--allowed-host",
   .holds = list<&settings::allowed_hosts, read_lower>("HOST", ',', form::host),
   .section = group::browsers,
   .help = "a name of this registry besides its addresses and localhost: its own pages under that "
           "name may change it; may be repeated",
   .fallback = "none",
   .reloadable = true},
  {.key = "gantry.lock.wait",
   .flag = "--wait-for-lock",
   .holds = duration<&settings::wait_for_lock>(never),
   .section = group::storage,
   .help = "with --data, wait this long for another process that has the folder open",
   .needs_folder = true},
  {.key = "gantry.memory.inflight",
   .flag = "--max-in-flight",
   .holds = size<&settings::max_in_flight>({1024 * 1024, any_size.most}),
   .section = group::connections,
   .help = "bytes of uploads, manifests and answers in memory on their way, of all connections "
           "together"},
  {.key = "gantry.memory.limit",
   .flag = "--memory-limit",
   .holds = size<&settings::memory_limit>(positive_size),
   .section = group::storage,
   .help = "bytes that may be stored in memory; not together with --data",
   .fallback = "half of the RAM"},
  {.key = "gantry.pages.default",
   .flag = "--page-default",
   .holds = count<&settings::page_default>(page_size),
   .section = group::lists,
   .help = "entries of a list if n is not given",
   .reloadable = true},
  {.key = "gantry.pages.strict",
   .flag = "--page-strict",
   .holds = toggle<&settings::page_strict>(on),
   .section = group::lists,
   .help = "refuse an n above the maximum",
   .reloadable = true},
  {.key = "gantry.referrers.enabled",
   .flag = "--no-referrers",
   .holds = toggle<&settings::referrers>(off),
   .section = group::content,
   .help = "answer 404 to the referrers API",
   .reloadable = true},
  {.key = "gantry.repositories.max",
   .flag = "--max-repositories",
   .holds = count<&settings::max_repositories>(),
   .section = group::content,
   .help = "repositories that may hold manifests; 0 = unlimited",
   .fallback = "unlimited"},
  {.key = "gantry.reset.allowed",
   .flag = "--allow-reset",
   .holds = toggle<&settings::allow_reset>(on),
   .section = group::storage,
   .help = "let POST /__parlel/reset forget everything",
   .fallback = "on in memory, off with --data"},
  {.key = "gantry.scheduler.polling",
   .flag = "--no-poll",
   .holds = toggle<&settings::poll>(off),
   .section = group::serving,
   .help = "let an idle thread sleep at once; else it looks again for 50 µs, while that pays"},
  {.key = "gantry.scheduler.separate",
   .flag = "--separate-scheduler",
   .holds = toggle<&settings::separate_scheduler>(on),
   .section = group::serving,
   .help = "run actors on CAF's own threads instead of the io threads"},
  {.key = "gantry.scrub.interval",
   .flag = "--scrub-interval",
   .holds = duration<&settings::scrub_interval>(never),
   .section = group::upkeep,
   .help = "with --data, read all blobs back this often, and put damaged ones away; 0 = never",
   .fallback = "never",
   .needs_folder = true},
  {.key = "gantry.scrub.rate",
   .flag = "--scrub-rate",
   .holds = size<&settings::scrub_rate>(positive_size),
   .section = group::upkeep,
   .help = "bytes per second that this may read",
   .needs_folder = true},
  {.key = "gantry.seed",
   .flag = "--seed",
   .holds = text<&settings::seed>("WHAT"),
   .section = group::storage,
   .help = "content of an empty registry at the start and after a reset: true for "
           "library/hello-world:latest, false for nothing, or the folder of an OCI image layout",
   .fallback = "true in memory, false with --data"},
  {.key = "gantry.tags.immutable",
   .flag = "--immutable-tags",
   .holds = list<&settings::immutable_tags>("GLOB", ','),
   .section = group::content,
   .help = "tags that match never move, and neither they nor what they need can be deleted; may be "
           "repeated",
   .fallback = "none"},
  {.key = "gantry.threads",
   .flag = "--threads",
   .holds = count<&settings::threads>({1, 1024}),
   .section = group::serving,
   .help = "threads for sockets and actors together",
   .fallback = "one per core"},
  {.key = "gantry.timeouts.body",
   .flag = "--body-timeout",
   .holds = duration<&settings::body_timeout>(),
   .section = group::connections,
   .help = "the span over which the rate of a body is measured: one that is slower makes room if "
           "connections are short and none is idle"},
  {.key = "gantry.timeouts.bodyrate",
   .flag = "--min-body-rate",
   .holds = size<&settings::min_body_rate>(),
   .section = group::connections,
   .help = "bytes per second that a body must bring over that span"},
  {.key = "gantry.timeouts.head",
   .flag = "--head-timeout",
   .holds = duration<&settings::head_timeout>(),
   .section = group::connections,
   .help = "from the first byte of a request to the end of its head"},
  {.key = "gantry.timeouts.idle",
   .flag = "--idle-timeout",
   .holds = duration<&settings::idle_timeout>(),
   .section = group::connections,
   .help = "between two requests"},
  {.key = "gantry.timeouts.send",
   .flag = "--send-timeout",
   .holds = duration<&settings::send_timeout>(),
   .section = group::connections,
   .help = "drop a client that takes nothing of an answer for this long"},
  {.key = "gantry.timeouts.stall",
   .flag = "--stall-timeout",
   .holds = duration<&settings::stall_timeout>(),
   .section = group::connections,
   .help = "cut a body that is slower than the minimum rate for this long in any case"},
  {.key = "gantry.uploads.max",
   .flag = "--max-uploads",
   .holds = count<&settings::max_uploads>(),
   .section = group::content,
   .help = "uploads that may be open at a time, including those that an earlier process left; 0 = "
           "unlimited"},
  {.key = "gantry.uploads.minchunk",
   .flag = "--chunk-min-length",
   .holds = size<&settings::chunk_min_length>(),
   .section = group::content,
   .help = "bytes that a chunk must have, announced as OCI-Chunk-Min-Length; 0 = any number",
   .fallback = "none"},
  {.key = "gantry.validation.lenient",
   .flag = "--lenient",
   .holds = toggle<&settings::lenient>(on),
   .section = group::content,
   .help = "accept any digest, tag and manifest"},
  {.key = "gantry.validation.references",
   .flag = "--references",
   .holds = choice<&settings::references, reference_names>(),
   .section = group::content,
   .help = "what to do with a manifest that names absent blobs",
   .fallback = "warn in memory, reject with --data, accept with --lenient"},
  {.key = "http.addr",
   .flag = "--addr",
   .holds = text<&settings::address>("HOST:PORT", form::address),
   .section = group::serving,
   .help = "where to listen; port 0 takes any free one; an IPv6 host stands in brackets; no host "
           "(:4775) means all addresses of both families, localhost both loopback addresses"},
  {.key = "http.draintimeout",
   .flag = "--drain-timeout",
   .holds = duration<&settings::drain_timeout>(),
   .section = group::connections,
   .help = "what a stop leaves requests to finish"},
  {.key = "http.headers",
   .flag = "--header",
   .holds = list<&settings::headers, read_field>("'NAME: VALUE'", '\n'),
   .section = group::serving,
   .help = "a field of every answer; may be repeated",
   .fallback = "none",
   .reloadable = true},
  {.key = "http.prefix",
   .flag = "--prefix",
   .holds = text<&settings::prefix, read_prefix>("PATH"),
   .section = group::serving,
   .help = "in front of every path, such as /registry",
   .fallback = "none"},
  {.key = "http.relativeurls",
   .flag = "--absolute-locations",
   .holds = toggle<&settings::relative_locations>(off),
   .section = group::serving,
   .help = "send scheme and host in Location and Link",
   .reloadable = true},
  {.key = "storage.delete.enabled",
   .flag = "--no-delete",
   .holds = toggle<&settings::allow_delete>(off),
   .section = group::content,
   .help = "refuse every delete",
   .reloadable = true},
  {.key = "storage.filesystem.rootdirectory",
   .flag = "--data",
   .holds = text<&settings::folder>("DIR"),
   .section = group::storage,
   .help = "keep everything in this folder, over restarts",
   .fallback = "in memory"},
  {.key = "storage.maintenance.readonly.enabled",
   .flag = "--read-only",
   .holds = toggle<&settings::read_only>(on),
   .section = group::content,
   .help = "refuse every push and delete",
   .reloadable = true},
  {.key = "storage.maintenance.uploadpurging.age",
   .flag = "--upload-expiry",
   .holds = duration<&settings::upload_expiry>(),
   .section = group::content,
   .help = "drop an upload that has had no request for this long"},
};

} // namespace

std::span<const row> table() noexcept {
  return rows;
}

std::vector<const row*> rows_of(group section) {
  std::vector<const row*> found;
  for (const auto& each : rows)
    if (each.section == section)
      found.push_back(&each);
  std::stable_partition(found.begin(), found.end(),
                        [](const row* each) { return !each->key.starts_with(own_keys); });
  return found;
}

const row* find_key(std::string_view key) noexcept {
  const auto* found = std::ranges::lower_bound(rows, key, {}, &row::key);
  return found != std::end(rows) && found->key == key ? found : nullptr;
}

const row* find_variable(std::string_view variable) noexcept {
  const auto* found = std::ranges::find_if(
    rows, [variable](const row& each) { return is_variable_of(each, variable); });
  return found == std::end(rows) ? nullptr : found;
}

} // namespace gantry::config
