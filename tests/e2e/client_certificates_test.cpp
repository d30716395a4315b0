// Certificates of clients, as a registry meets them.
#include "e2e/log_columns.hpp"
#include "e2e/policy_registry.hpp"
#include "support/golden.hpp"
#include "support/test_certificate.hpp"
#include "support/tls_client.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry;
using namespace gantry::test;

namespace {

using adjuster = std::function<void(app::registry_options&)>;

/// Files of a server with TLS, and the authority of its clients.
struct certified_files {
  temp_dir folder;
  certificate authority = make_authority("clients");
  std::filesystem::path audit = folder.path() / "audit.log";
  std::filesystem::path access = folder.path() / "access.log";

  void use(app::registry_options& settings) const {
    const auto own = make_certificate("DNS:localhost");
    settings.tls.certificates.push_back({folder.write("server.crt", own.text).string(),
                                         folder.write("server.key", own.key).string()});
    settings.tls.client_authorities = {folder.write("ca.crt", authority.text).string()};
    settings.audit_file = audit.string();
    settings.log = telemetry::log_format::json;
    settings.log_file = access.string();
  }

  certificate of(const std::string& user, const std::string& group = "team") const {
    return issue({.subject = {{"O", group}, {"CN", user}}}, &authority);
  }
};

/// Without passwords.
struct certified : certified_files {
  running_registry server;

  explicit certified(const adjuster& adjust = {})
    : server{[&, this](app::registry_options& settings) {
        use(settings);
        if (adjust)
          adjust(settings);
      }} {}

  registry_client connect(const certificate& shown) const {
    registry_client client{server};
    secure(client, {.shows = shown});
    return client;
  }
};

void may_lack_one(app::registry_options& settings) {
  settings.tls.clients = net::client_certificates::if_given;
}

/// All that are let in may lack a certificate, and a policy says what they may do.
struct certified_by_policy : certified {
  explicit certified_by_policy(const std::string& rules, const adjuster& adjust = {})
    : certified{[&](app::registry_options& settings) {
        may_lack_one(settings);
        settings.policy_file =
          policy_folder
            .write("policy.yml", "version: 1\ngroups: {team: [], others: []}\nrules:\n" + rules)
            .string();
        if (adjust)
          adjust(settings);
      }} {}

  inline static const temp_dir policy_folder;
};

const certificate none;
const std::string absent = digest_of_nothing();

} // namespace

BOOST_AUTO_TEST_SUITE(client_certificates)

BOOST_FIXTURE_TEST_CASE(a_certificate_logs_its_user_in, certified) {
  for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    registry_client client{server};
    secure(client, {.newest = version, .shows = of("alice")});
    BOOST_TEST(client.get("/v2/").status == 200);
    client.push_image("team/app", "1", "an image");
    const auto digest = client.push_blob("team/app", "x");
    const auto kept = client.get(blob_path("team/app", digest)).header("Cache-Control");
    BOOST_TEST(kept.starts_with("private, "));
  }
  server.stop();
  for (const auto& user : column(access, "user"))
    BOOST_TEST(user == "alice");
  for (const auto& user : column(audit, "user"))
    BOOST_TEST(user == "alice");
  BOOST_TEST(column(audit, "action").front() == "login");
}

BOOST_FIXTURE_TEST_CASE(others_are_refused_before_they_can_ask, certified) {
  const auto other = make_authority("clients");
  const certificate hostile[] = {
    none,
    issue({.subject = {{"CN", "alice"}}}, &other),
    issue({.subject = {{"CN", "alice"}}}),
    issue({.subject = {{"CN", "alice"}}, .days = -1}, &authority),
    issue({.subject = {{"CN", "alice"}}, .usage = "serverAuth"}, &authority),
  };
  for (const auto& shown : hostile) {
    registry_client old{server};
    BOOST_CHECK_THROW(secure(old, {.newest = TLS1_2_VERSION, .shows = shown}), http_failure);
    // In TLS 1.3, the client learns it by a message after its own request, and not by a reset.
    registry_client client{server};
    secure(client, {.newest = TLS1_3_VERSION, .shows = shown});
    client.send_head("GET", "/v2/");
    BOOST_CHECK_EXCEPTION(client.receive(), http_failure,
                          [](const http_failure& failed) { return !failed.reset(); });
  }
  server.stop();
  BOOST_TEST(read_text(access).empty());
}

BOOST_FIXTURE_TEST_CASE(plain_http_shows_no_certificate, certified) {
  registry_client client{server};
  const auto answer = client.get("/v2/");
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(answer.body.find("this port speaks TLS (https)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_without_a_certificate_has_no_other_way_in) {
  certified at{may_lack_one};
  auto client = at.connect(none);
  for (const auto* target : {"/v2/", "/v2/_catalog", "/v2/_token", "/__gantry/status"}) {
    const auto refused = client.get(target);
    BOOST_TEST(refused.status == 401, target);
    BOOST_TEST(refused.header("WWW-Authenticate") == R"(ClientCertificate realm="Registry")");
  }
  BOOST_TEST(client.post(uploads_path("a")).status == 401);
  for (const auto* field : {"Basic YWxpY2U6cmlnaHQ=", "Basic Og==", "Bearer x", "nonsense"})
    BOOST_TEST(client.get("/v2/", {{"Authorization", field}}).status == 401, field);
  BOOST_TEST(client.get("/health").status == 200);
  auto known = at.connect(at.of("alice"));
  BOOST_TEST(known.get("/v2/").status == 200);
  BOOST_TEST(known.get("/v2/", {{"Authorization", "Basic YWxpY2U6cmlnaHQ="}}).status == 401);
  BOOST_TEST(known.post(uploads_path("a")).status == 202);
}

BOOST_AUTO_TEST_CASE(a_policy_knows_organisations_and_other_names) {
  certified_by_policy at{"- {allow: pull, repositories: \"open/**\", anonymous: true}\n"
                         "- {allow: [pull, push], repositories: \"team/**\", groups: team}\n"
                         "- {allow: push, repositories: builds, claims: {ou: builds}}\n"
                         "- {allow: push, repositories: hosts, claims: {dns: ci.example}}\n"
                         "- {deny: push, repositories: team/base, users: bob}\n"};
  auto alice = at.connect(at.of("alice"));
  BOOST_TEST(alice.post(uploads_path("team/app")).status == 202);
  BOOST_TEST(alice.post(uploads_path("team/base")).status == 202);
  BOOST_TEST(alice.post(uploads_path("builds")).status == 403);
  auto bob = at.connect(at.of("bob"));
  BOOST_TEST(bob.post(uploads_path("team/base")).status == 403);
  auto carol = at.connect(at.of("carol", "others"));
  BOOST_TEST(carol.post(uploads_path("team/app")).status == 403);
  BOOST_TEST(carol.get(blob_path("open/a", absent)).status == 404);
  auto machine = at.connect(issue({.subject = {{"OU", "builds"}, {"CN", "ci"}},
                                   .names = {{"DNS", "other.example"}, {"DNS", "ci.example"}}},
                                  &at.authority));
  BOOST_TEST(machine.post(uploads_path("builds")).status == 202);
  BOOST_TEST(machine.post(uploads_path("hosts")).status == 202);
  BOOST_TEST(machine.post(uploads_path("team/app")).status == 403);
  auto stranger = at.connect(none);
  BOOST_TEST(stranger.get(blob_path("open/a", absent)).status == 404);
  const auto refused = stranger.get(blob_path("team/app", absent));
  BOOST_TEST(refused.status == 401);
  BOOST_TEST(refused.header("WWW-Authenticate") == R"(ClientCertificate realm="Registry")");
}

BOOST_AUTO_TEST_CASE(the_user_is_the_name_that_the_setting_chooses) {
  certified_by_policy at{
    "- {allow: pull, repositories: \"**\", anonymous: true}\n"
    "- {allow: push, repositories: \"**\", users: ci.example}\n",
    [](auto& settings) { settings.api.user_in_certificate = api::certificate_name::dns; }};
  auto machine =
    at.connect(issue({.subject = {{"CN", "x"}}, .names = {{"DNS", "ci.example"}}}, &at.authority));
  BOOST_TEST(machine.post(uploads_path("a")).status == 202);
  // Not anonymous: it has shown something.
  auto unknown = at.connect(at.of("ci.example"));
  BOOST_TEST(unknown.get(blob_path("a", absent)).status == 401);
  BOOST_TEST(unknown.post(uploads_path("a")).status == 401);
}

BOOST_AUTO_TEST_CASE(a_name_that_hides_something_is_no_user_and_not_anonymous_either) {
  certified_by_policy at{"- {allow: pull, repositories: \"**\", anonymous: true}\n"
                         "- {allow: push, repositories: \"**\", users: root}\n"};
  const std::string hostile[] = {std::string{"root\0.example", 13}, "root\n",
                                 std::string(256, 'r')};
  for (const auto& name : hostile) {
    auto client = at.connect(at.of(name));
    BOOST_TEST(client.get(blob_path("a", absent)).status == 401);
    BOOST_TEST(client.post(uploads_path("a")).status == 401);
    auto member = at.connect(at.of("root", name));
    BOOST_TEST(member.post(uploads_path("a")).status == 401);
  }
  auto root = at.connect(at.of("root"));
  BOOST_TEST(root.post(uploads_path("a")).status == 202);
  root.close();
  at.server.stop();
  const auto users = column(at.audit, "user");
  BOOST_TEST(users.front().starts_with("certificate "));
  BOOST_TEST(column(at.audit, "action").front() == "login");
}

BOOST_AUTO_TEST_CASE(authorization_counts_before_the_certificate) {
  certified_files files;
  policy_registry registry{"- {allow: push, repositories: \"alice/**\", users: alice}\n"
                           "- {allow: push, repositories: \"machine/**\", users: machine}\n"
                           "- {allow: pull, repositories: \"open/**\", anonymous: true}\n",
                           [&](auto& settings) {
                             files.use(settings);
                             may_lack_one(settings);
                           }};
  registry_client client{registry.server()};
  secure(client, {.shows = files.of("machine")});
  BOOST_TEST(client.get("/v2/").status == 200);
  BOOST_TEST(client.post(uploads_path("machine/a")).status == 202);
  BOOST_TEST(client.post(uploads_path("alice/a")).status == 403);
  BOOST_TEST(client.post(uploads_path("alice/a"), as("alice")).status == 202);
  BOOST_TEST(client.post(uploads_path("machine/a"), as("alice")).status == 403);
  const header_list wrong{{"Authorization", "Basic " + to_base64("alice:wrong")}};
  BOOST_TEST(client.post(uploads_path("machine/a"), wrong).status == 401);
  // A token is for one with a password, or for an anonymous client: not for the certificate.
  const auto token_of = [&](const header_list& who) {
    const auto body = boost::json::parse(client.get("/v2/_token?service=x", who).body);
    return header_list{
      {"Authorization", "Bearer " + boost::json::value_to<std::string>(body.at("token"))}};
  };
  BOOST_TEST(client.post(uploads_path("alice/a"), token_of(as("alice"))).status == 202);
  BOOST_TEST(client.post(uploads_path("machine/a"), token_of(anonymous)).status == 401);
  registry_client other{registry.server()};
  secure(other);
  BOOST_TEST(other.post(uploads_path("alice/a"), as("alice")).status == 202);
  BOOST_TEST(other.post(uploads_path("machine/a")).status == 401);
}

BOOST_FIXTURE_TEST_CASE(authorities_are_replaced_for_new_connections, certified) {
  auto before = connect(of("alice"));
  BOOST_TEST(before.get("/v2/").status == 200);
  const auto next = make_authority("next");
  folder.write("ca.crt", next.text);
  BOOST_TEST(server.reload_certificates());
  auto former = connect(of("alice"));
  BOOST_CHECK_THROW(former.get("/v2/"), http_failure);
  auto current = connect(issue({.subject = {{"CN", "alice"}}}, &next));
  BOOST_TEST(current.get("/v2/").status == 200);
  BOOST_TEST(before.get("/v2/").status == 200);
  folder.write("ca.crt", "no authority");
  BOOST_TEST(!server.reload_certificates());
}

BOOST_FIXTURE_TEST_CASE(a_resumed_session_is_of_the_same_user, certified) {
  for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    registry_client first{server};
    const auto& layer = secure(first, {.newest = version, .shows = of("alice")});
    BOOST_TEST(first.get("/v2/").status == 200);
    BOOST_REQUIRE(layer.tickets().size() == 1u);
    registry_client second{server};
    BOOST_TEST(
      secure(second, {.newest = version, .resumes = layer.tickets().front()}).is_resumed());
    BOOST_TEST(second.get("/v2/_catalog").status == 200);
  }
  server.stop();
  BOOST_TEST(column(access, "user") == texts(4, "alice"), per_element);
}

BOOST_AUTO_TEST_CASE(authorities_need_a_certificate_of_the_server) {
  const certified_files files;
  app::registry_options settings;
  files.use(settings);
  settings.tls.certificates.clear();
  BOOST_CHECK_THROW(app::registry{settings}, std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
