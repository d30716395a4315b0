// Traces: the spans of a push and a pull at a collector, what logs say of a trace, and that neither
// a broken collector nor none changes anything for clients.
#include "journal/journal.hpp"
#include "support/golden.hpp"
#include "support/registry_fixture.hpp"
#include "support/scripted_server.hpp"
#include "support/temp_dir.hpp"
#include "telemetry/span.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace gantry::test;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

const std::string client_trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string client_span = "00f067aa0ba902b7";

header_list caller(std::string_view flags = "01") {
  return {{"traceparent", "00-" + client_trace + "-" + client_span + "-" + std::string{flags}}};
}

struct seen_span {
  std::string trace;
  std::string id;
  std::string parent;
  std::string state;
  std::string name;
  std::int64_t kind = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::map<std::string, std::string> attributes = {};
  /// Ids of spans.
  std::vector<std::string> links = {};
  bool has_failed = false;
};

std::string member_text(const json::object& from, std::string_view member) {
  const auto* found = from.if_contains(member);
  return found ? std::string{found->as_string()} : std::string{};
}

seen_span read_span(const json::object& from) {
  seen_span made{member_text(from, "traceId"), member_text(from, "spanId"),
                 member_text(from, "parentSpanId"), member_text(from, "traceState"),
                 member_text(from, "name")};
  made.kind = from.at("kind").as_int64();
  made.begin = std::stoull(member_text(from, "startTimeUnixNano"));
  made.end = std::stoull(member_text(from, "endTimeUnixNano"));
  if (const auto* attributes = from.if_contains("attributes"))
    for (const auto& each : attributes->as_array())
      for (const auto& value : each.at("value").as_object())
        made.attributes[std::string{each.at("key").as_string()}] = value.value().as_string();
  if (const auto* links = from.if_contains("links"))
    for (const auto& each : links->as_array())
      made.links.push_back(member_text(each.as_object(), "spanId"));
  made.has_failed = from.contains("status");
  return made;
}

/// Takes the spans of a registry.
class span_collector {
public:
  void point(gantry::app::registry_options& settings) const {
    settings.traces.endpoint = server_.url() + "/v1/traces";
    settings.traces.delay = 5ms;
  }

  /// Precondition: the registry has stopped, so all is here.
  std::vector<seen_span> all() const {
    const std::lock_guard lock{mutex_};
    return spans_;
  }

private:
  void take(const std::string& request) {
    const auto body = json::parse(request.substr(request.find("\r\n\r\n") + 4));
    const std::lock_guard lock{mutex_};
    for (const auto& resource : body.at("resourceSpans").as_array())
      for (const auto& scope : resource.at("scopeSpans").as_array())
        for (const auto& each : scope.at("spans").as_array())
          spans_.push_back(read_span(each.as_object()));
  }

  mutable std::mutex mutex_;
  std::vector<seen_span> spans_;
  scripted_server server_{[this](const std::string& request) {
    take(request);
    return ok;
  }};
};

/// The spans of a registry, once it has stopped.
class span_tree {
public:
  explicit span_tree(std::vector<seen_span> all) : all_{std::move(all)} {}

  /// The only span of that name below `parent`, which is a span's id.
  const seen_span& only(std::string_view name, std::string_view parent) const {
    const auto is_it = [&](const seen_span& each) {
      return each.name == name && each.parent == parent;
    };
    BOOST_TEST_REQUIRE(std::ranges::count_if(all_, is_it) == 1, name << " below " << parent);
    return *std::ranges::find_if(all_, is_it);
  }

  std::vector<std::string> names_below(std::string_view parent) const {
    std::vector<std::string> names;
    for (const auto& each : all_)
      if (each.parent == parent)
        names.push_back(each.name);
    std::ranges::sort(names);
    return names;
  }

  const seen_span& with_id(std::string_view id) const {
    const auto found = std::ranges::find(all_, id, &seen_span::id);
    BOOST_TEST_REQUIRE((found != all_.end()), id);
    return *found;
  }

  const std::vector<seen_span>& all() const { return all_; }

private:
  std::vector<seen_span> all_;
};

using texts = std::vector<std::string>;

struct traced_registry {
  temp_dir folder;
  span_collector collector;
  bool on_disk = true;

  running_registry make(const std::function<void(gantry::app::registry_options&)>& adjust = {}) {
    return running_registry{[&](auto& settings) {
      collector.point(settings);
      if (on_disk)
        settings.data = (folder.path() / "data").string();
      if (adjust)
        adjust(settings);
    }};
  }
};

/// Whether a commit has this write among its links, and a sync below it.
void check_commit(const span_tree& tree, const seen_span& write) {
  BOOST_TEST_REQUIRE(write.links.size() == 1U);
  const auto& commit = tree.with_id(write.links[0]);
  BOOST_TEST(commit.name == "commit");
  BOOST_TEST(commit.parent == "");
  BOOST_TEST(commit.trace != write.trace);
  BOOST_TEST(std::ranges::count(commit.links, write.id) == 1);
  BOOST_TEST(std::stoul(commit.attributes.at("gantry.operations")) >= commit.links.size());
  const auto& sync = tree.only("sync", commit.id);
  BOOST_TEST(sync.trace == commit.trace);
  BOOST_TEST(commit.begin <= sync.begin);
  BOOST_TEST(sync.end <= commit.end);
}

/// Names of the threads of this process.
texts thread_names() {
  texts names;
  for (const auto& each : std::filesystem::directory_iterator{"/proc/self/task"}) {
    std::ifstream file{each.path() / "comm"};
    std::string name;
    std::getline(file, name);
    names.push_back(name);
  }
  return names;
}

/// A push and a pull, all of which must work.
void use(running_registry& server) {
  registry_client client{server};
  const auto image = client.push_image("busy/app", "1", "x");
  BOOST_TEST(client.get(manifest_path("busy/app", "1")).body == image.bytes);
  BOOST_TEST(client.get(blob_path("busy/app", sha256(image.config))).body == image.config);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tracing, traced_registry)

BOOST_AUTO_TEST_CASE(a_push_on_disk_is_a_tree_down_to_the_syncs) {
  const auto layer = noise(100'000); // a file of its own
  {
    auto server = make();
    registry_client client{server};
    const auto opened = client.post(uploads_path("a/b"), caller());
    const auto location = std::string{opened.header("Location")};
    client.put(with_query(location, "digest=" + sha256(layer)),
               with(caller(), {{"User-Agent", "podman/5"}}), layer);
    const auto pushed =
      client.put(manifest_path("a/b", "1"), with(caller(), {{"Content-Type", types::index}}),
                 lone_manifest("x"));
    BOOST_TEST(pushed.status == 201);
  }
  const span_tree tree{collector.all()};
  BOOST_TEST(tree.names_below(client_span) ==
               (texts{"finish_upload", "put_manifest", "start_upload"}),
             boost::test_tools::per_element());

  const auto& finish = tree.only("finish_upload", client_span);
  BOOST_TEST(finish.trace == client_trace);
  BOOST_TEST(finish.kind == 2);
  BOOST_TEST(!finish.has_failed);
  const std::map<std::string, std::string> expected{{"http.request.method", "PUT"},
                                                    {"http.response.status_code", "201"},
                                                    {"http.route", "/v2/<name>/blobs/uploads/<id>"},
                                                    {"http.request.body.size", "100000"},
                                                    {"url.scheme", "http"},
                                                    {"client.address", "127.0.0.1"},
                                                    {"user_agent.original", "podman/5"},
                                                    {"gantry.operation", "finish_upload"},
                                                    {"gantry.repository", "a/b"}};
  for (const auto& [name, value] : expected)
    BOOST_TEST(finish.attributes.at(name) == value, name);
  BOOST_TEST(finish.attributes.at("url.path").starts_with("/v2/a/b/blobs/uploads/"));
  BOOST_TEST(finish.attributes.at("url.path").find('?') == std::string::npos);

  const auto& call = tree.only("finish_upload", finish.id);
  BOOST_TEST(call.kind == 1);
  BOOST_TEST(tree.names_below(call.id) == (texts{"publish", "write"}),
             boost::test_tools::per_element());
  const auto& publish = tree.only("publish", call.id);
  const auto& sync = tree.only("sync", publish.id);
  BOOST_TEST(sync.attributes.at("gantry.bytes") == "100000");
  BOOST_TEST(publish.links.empty());
  check_commit(tree, tree.only("write", call.id));

  const auto& put = tree.only("put_manifest", client_span);
  BOOST_TEST(put.attributes.at("gantry.reference") == "1");
  check_commit(tree, tree.only("write", tree.only("put_manifest", put.id).id));

  for (const auto& each : tree.all()) {
    BOOST_TEST(each.begin <= each.end, each.name);
    if (!each.parent.empty() && each.parent != client_span) {
      const auto& parent = tree.with_id(each.parent);
      BOOST_TEST(parent.trace == each.trace, each.name);
      BOOST_TEST(parent.begin <= each.begin, each.name);
      BOOST_TEST(each.end <= parent.end, each.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pull_asks_an_actor_and_writes_nothing) {
  std::string id;
  {
    auto server = make();
    registry_client client{server};
    id = client.push_manifest("a/b", "1", lone_manifest("x"));
    client.get(manifest_path("a/b", "1"), caller());
    client.get(manifest_path("a/b", id), caller());
    client.get(blob_path("a/b", digest_of_nothing()), caller());
  }
  const span_tree tree{collector.all()};
  BOOST_TEST(tree.names_below(client_span) == (texts{"get_blob", "get_manifest", "get_manifest"}),
             boost::test_tools::per_element());
  for (const auto& each : tree.all())
    if (each.parent == client_span && each.name == "get_manifest") {
      BOOST_TEST(tree.names_below(each.id) == texts{"get_manifest"},
                 boost::test_tools::per_element());
      const bool by_tag = each.attributes.contains("gantry.reference");
      BOOST_TEST(by_tag != each.attributes.contains("gantry.digest"));
      BOOST_TEST(each.attributes.at(by_tag ? "gantry.reference" : "gantry.digest") ==
                 (by_tag ? "1" : id));
    }
  const auto& absent = tree.only("get_blob", client_span);
  BOOST_TEST(absent.attributes.at("http.response.status_code") == "404");
  BOOST_TEST(!absent.has_failed); // a client's mistake is no failure of the server
  BOOST_TEST(tree.only("get_blob", absent.id).attributes.at("error.type") == "blob_unknown");
}

BOOST_AUTO_TEST_CASE(in_memory_a_write_is_done_at_once) {
  on_disk = false;
  {
    auto server = make();
    registry_client client{server};
    client.put(manifest_path("a/b", "1"), with(caller(), {{"Content-Type", types::index}}),
               lone_manifest("x"));
  }
  const span_tree tree{collector.all()};
  const auto& put = tree.only("put_manifest", client_span);
  // The directory wakes the repository first.
  BOOST_TEST(tree.names_below(put.id) == (texts{"open_repository", "put_manifest"}),
             boost::test_tools::per_element());
  BOOST_TEST(tree.only("write", tree.only("put_manifest", put.id).id).links.empty());
}

BOOST_AUTO_TEST_CASE(a_request_without_a_caller_begins_a_trace) {
  on_disk = false;
  {
    auto server = make();
    registry_client client{server};
    client.get("/v2/");
    client.get("/v2/");
    client.get("/nowhere", {{"User-Agent", std::string(2000, 'a')}});
    client.request("BREW", "/v2/");
  }
  const span_tree tree{collector.all()};
  BOOST_TEST(tree.names_below("") == (texts{"GET", "HTTP", "base", "base"}),
             boost::test_tools::per_element());
  BOOST_TEST(tree.all().at(0).trace != tree.all().at(1).trace);
  BOOST_TEST(tree.only("GET", "").attributes.at("user_agent.original").size() == 256U);
  BOOST_TEST(tree.only("HTTP", "").attributes.at("http.request.method") == "_OTHER");
  BOOST_TEST(tree.only("HTTP", "").attributes.at("http.request.method_original") == "BREW");
}

BOOST_AUTO_TEST_CASE(an_unreadable_request_is_a_span_as_well) {
  on_disk = false;
  {
    auto server = make();
    http_connection connection{server.port()};
    connection.send("nonsense\r\n\r\n");
    BOOST_TEST(connection.receive().status == 400);
  }
  const span_tree tree{collector.all()};
  const auto& span = tree.only("HTTP", "");
  BOOST_TEST(span.attributes.at("http.response.status_code") == "400");
  BOOST_TEST(!span.attributes.contains("http.request.method"));
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_server_is_marked) {
  on_disk = false;
  {
    auto server = make();
    registry_client client{server};
    client.post("/__parlel/faults", {{"Content-Type", "application/json"}},
                R"({"name":"broken","match":{"operation":"base"},"effect":{"status":503}})");
    client.get("/v2/", caller());
  }
  const span_tree tree{collector.all()};
  const auto& broken = tree.only("base", client_span);
  BOOST_TEST(broken.has_failed);
  BOOST_TEST(broken.attributes.at("error.type") == "503");
  BOOST_TEST(broken.attributes.at("gantry.fault") == "broken");
}

BOOST_AUTO_TEST_CASE(what_the_caller_does_not_record_is_not_recorded) {
  on_disk = false;
  {
    auto server = make();
    registry_client client{server};
    client.get("/v2/", caller("00"));
    client.get("/health", caller());
  }
  BOOST_TEST(span_tree{collector.all()}.names_below(client_span) == texts{"health"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_callers_state_is_passed_on) {
  on_disk = false;
  {
    auto server = make();
    registry_client client{server};
    client.get("/v2/", with(caller(), {{"tracestate", "a=1"}, {"Tracestate", " b=2"}}));
    client.get("/health", with(caller(), {{"tracestate", "malformed"}}));
    client.get("/livez", {{"tracestate", "a=1"}}); // nothing without a trace
  }
  const span_tree tree{collector.all()};
  BOOST_TEST(tree.only("base", client_span).state == "a=1,b=2");
  BOOST_TEST(tree.only("health", client_span).state == "");
  BOOST_TEST(tree.only("live", "").state == "");
}

BOOST_AUTO_TEST_CASE(a_malformed_or_repeated_parent_begins_the_trace_anew) {
  on_disk = false;
  {
    auto server = make();
    registry_client client{server};
    client.get("/v2/", {{"traceparent", "00-nonsense"}});
    client.get("/health", with(caller(), caller()));
    client.get("/livez", with({{"TraceParent", caller()[0].second + " "}}, {}));
  }
  const span_tree tree{collector.all()};
  BOOST_TEST(tree.only("base", "").trace != client_trace);
  BOOST_TEST(tree.only("health", "").trace != client_trace);
  BOOST_TEST(tree.only("live", client_span).trace == client_trace);
}

BOOST_AUTO_TEST_CASE(a_ratio_of_zero_records_nothing) {
  on_disk = false;
  {
    auto server = make([](auto& settings) {
      settings.traces.which.own = gantry::telemetry::sampler::kind::ratio;
      settings.traces.which.ratio = 0;
    });
    use(server);
  }
  BOOST_TEST(collector.all().empty());
}

BOOST_AUTO_TEST_CASE(logs_name_the_recorded_span) {
  on_disk = false;
  const auto access = folder.path() / "access.log";
  const auto audit = folder.path() / "audit.log";
  std::string journal;
  {
    auto server = make([&](auto& settings) {
      settings.log = gantry::telemetry::log_format::json;
      settings.log_file = access.string();
      settings.audit_file = audit.string();
    });
    registry_client client{server};
    client.put(manifest_path("a/b", "1"), with(caller(), {{"Content-Type", types::index}}),
               lone_manifest("x"));
    journal = client.get("/__parlel/requests").body;
  }
  const span_tree tree{collector.all()};
  const auto& put = tree.only("put_manifest", client_span);
  std::istringstream lines{read_text(access)};
  std::string first;
  std::getline(lines, first);
  const auto line = json::parse(first);
  BOOST_TEST(line.at("trace_id").as_string() == client_trace);
  BOOST_TEST(line.at("span_id").as_string() == put.id);
  BOOST_TEST(json::parse(read_text(audit)).at("trace_id").as_string() == client_trace);
  const auto recorded = json::parse(journal).at("requests");
  BOOST_TEST(recorded.at(0).at("trace_id").as_string() == client_trace);
}

BOOST_AUTO_TEST_CASE(without_a_collector_logs_name_the_caller) {
  const auto access = folder.path() / "access.log";
  const auto audit = folder.path() / "audit.log";
  std::string journal;
  {
    running_registry server{[&](auto& settings) {
      settings.log = gantry::telemetry::log_format::json;
      settings.log_file = access.string();
      settings.audit_file = audit.string();
    }};
    registry_client client{server};
    client.put(manifest_path("a/b", "1"), with(caller("00"), {{"Content-Type", types::index}}),
               lone_manifest("x"));
    client.get("/v2/");
    journal = client.get("/__parlel/requests").body;
  }
  std::istringstream lines{read_text(access)};
  std::string first;
  std::string second;
  std::getline(lines, first);
  std::getline(lines, second);
  BOOST_TEST(json::parse(first).at("trace_id").as_string() == client_trace);
  BOOST_TEST(json::parse(first).at("span_id").as_string() == client_span);
  BOOST_TEST(json::parse(second).at("trace_id").as_string() == "");
  BOOST_TEST(json::parse(second).at("span_id").as_string() == "");
  BOOST_TEST(json::parse(read_text(audit)).at("trace_id").as_string() == client_trace);
  const auto recorded = json::parse(journal).at("requests");
  BOOST_TEST(recorded.at(0).at("trace_id").as_string() == client_trace);
  BOOST_TEST(recorded.at(1).at("trace_id").as_string() == "");
}

BOOST_AUTO_TEST_CASE(a_collector_that_is_down_disturbs_no_request) {
  std::string metrics;
  {
    running_registry server{[](auto& settings) {
      settings.traces.endpoint = "http://127.0.0.1:1/v1/traces"; // nothing listens there
      settings.traces.delay = 1ms;
      settings.traces.limits = {.queue = 8, .batch = 4};
    }};
    use(server);
    registry_client client{server};
    for (int i = 0; i < 20; ++i)
      BOOST_TEST(client.get("/v2/").status == 200);
    metrics = client.get("/metrics").body;
  }
  BOOST_TEST(metrics.find("gantry_trace_spans_exported_total 0\n") != std::string::npos);
  const auto at = metrics.find("\ngantry_trace_spans_dropped_total ");
  BOOST_TEST_REQUIRE(at != std::string::npos);
  BOOST_TEST(std::stoul(metrics.substr(metrics.find(' ', at + 1))) > 0U); // the queue is small
}

BOOST_AUTO_TEST_CASE(a_collector_that_does_not_answer_disturbs_neither_requests_nor_the_stop) {
  const scripted_server silent{[](const std::string&) { return scripted_server::silence; }};
  running_registry server{[&](auto& settings) {
    settings.traces.endpoint = silent.url();
    settings.traces.delay = 1ms;
  }};
  use(server);
  BOOST_TEST(eventually([&] { return silent.connections() > 0; }));
  use(server);
}

BOOST_AUTO_TEST_CASE(a_collector_that_refuses_disturbs_no_request) {
  const scripted_server failing{
    [](const std::string&) { return "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"; }};
  running_registry server{[&](auto& settings) {
    settings.traces.endpoint = failing.url();
    settings.traces.delay = 1ms;
  }};
  use(server);
  BOOST_TEST(eventually([&] { return failing.connections() > 0; }));
  use(server);
}

BOOST_AUTO_TEST_CASE(exported_spans_are_counted) {
  auto server = make();
  registry_client client{server};
  client.get("/v2/");
  BOOST_TEST(eventually([&] {
    return client.get("/metrics").body.find("\ngantry_trace_spans_exported_total 0\n") ==
           std::string::npos;
  }));
}

BOOST_AUTO_TEST_CASE(off_means_no_span_no_thread_and_no_metric) {
  const auto before = gantry::telemetry::count_spans();
  {
    running_registry server{
      [this](auto& settings) { settings.data = (folder.path() / "data").string(); }};
    use(server);
    registry_client client{server};
    client.get("/v2/", caller());
    BOOST_TEST(client.get("/metrics").body.find("gantry_trace") == std::string::npos);
    BOOST_TEST(std::ranges::count(thread_names(), "gantry-traces") == 0);
  }
  BOOST_TEST(gantry::telemetry::count_spans() == before);
  auto server = make();
  use(server);
  BOOST_TEST(std::ranges::count(thread_names(), "gantry-traces") == 1);
  BOOST_TEST(gantry::telemetry::count_spans() > before);
}

BOOST_AUTO_TEST_SUITE_END()
