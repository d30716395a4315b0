// The registry's own token service, as clients meet it: docker's token protocol.
#include "auth/personal_token.hpp"
#include "base/base64.hpp"
#include "e2e/policy_registry.hpp"
#include "support/registry_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

using namespace gantry::test;

namespace {

namespace json = boost::json;

const header_list form{{"Content-Type", "application/x-www-form-urlencoded"}};

header_list basic(const std::string& user, const std::string& password) {
  return {{"Authorization", "Basic " + gantry::to_base64(user + ":" + password)}};
}

struct token_registry {
  temp_dir folder;
  gantry::auth::new_personal_token robot = gantry::auth::make_personal_token("robot");
  running_registry server{[this](auto& settings) { set_up(settings); }};
  registry_client client{server};

  void set_up(gantry::app::registry_options& settings) {
    robot.known.scopes = "repository:ci/**:pull,push";
    settings.htpasswd =
      folder.write("htpasswd", "alice:" + gantry::auth::make_bcrypt("alice", 4) + "\n").string();
    settings.personal_tokens =
      folder.write("tokens", gantry::auth::with_token("", robot.known)).string();
    settings.token_keys = (folder.path() / "keys").string();
    settings.asks = gantry::auth::asked_for::token;
    settings.seed = "true";
  }

  static json::object read(const http_response& reply) {
    BOOST_REQUIRE_MESSAGE(reply.status == 200, reply.body);
    BOOST_TEST(reply.header("Cache-Control") == "no-store");
    return json::parse(reply.body).as_object();
  }
  static std::string text(const json::object& said, std::string_view name) {
    BOOST_REQUIRE(said.contains(name));
    return json::value_to<std::string>(said.at(name));
  }
  json::object get(const std::string& query, const header_list& who) {
    return read(client.get("/v2/_token?" + query, who));
  }
  json::object post(const std::string& body) { return read(client.post("/v2/_token", form, body)); }
  /// The status of requests with a token.
  int pull(const std::string& token, const std::string& repository = "library/hello-world") {
    return client.get(manifest_path(repository, "latest"), bearer(token)).status;
  }
  int push(const std::string& token, const std::string& repository) {
    return client.post(uploads_path(repository), bearer(token)).status;
  }
};

const std::string hello_scope = "repository:library/hello-world:pull";

} // namespace

BOOST_FIXTURE_TEST_SUITE(tokens, token_registry)

BOOST_AUTO_TEST_CASE(the_challenge_names_the_service_and_the_scope) {
  const auto own = "Bearer realm=\"http://" + server.authority() + "/v2/_token\",service=\"" +
                   server.authority() + "\"";
  BOOST_TEST(client.get("/v2/").header("WWW-Authenticate") == own);
  const auto asked = [&](const http_response& reply) {
    BOOST_TEST(reply.status == 401);
    const auto field = reply.header("WWW-Authenticate");
    BOOST_REQUIRE(field.starts_with(own + ",scope=\""));
    return field.substr(own.size() + 8, field.size() - own.size() - 9);
  };
  BOOST_TEST(asked(client.get(manifest_path("a/b", "1"))) == "repository:a/b:pull");
  BOOST_TEST(asked(client.post(uploads_path("a/b"))) == "repository:a/b:pull,push");
  BOOST_TEST(asked(client.erase(manifest_path("a/b", "1"))) == "repository:a/b:delete");
  // case 21
  BOOST_TEST(asked(client.post(uploads_path("a/b") + "?mount=" + digest_of_nothing() +
                               "&from=c")) == "repository:a/b:pull,push repository:c:pull");
  BOOST_TEST(asked(client.get("/v2/_catalog")) == "registry:catalog:*");
  BOOST_TEST(asked(client.get("/__gantry/gc")) == "registry:admin:*");
  BOOST_TEST(asked(client.get("/metrics")) == "registry:metrics:*");
}

BOOST_AUTO_TEST_CASE(a_password_buys_a_token) {
  const auto said =
    get("service=x&client_id=docker&account=alice&scope=" + hello_scope, as("alice"));
  BOOST_TEST(text(said, "token") == text(said, "access_token"));
  BOOST_TEST(said.at("expires_in").as_int64() == 300);
  BOOST_TEST(text(said, "issued_at").starts_with("20"));
  BOOST_TEST(!said.contains("refresh_token"));
  BOOST_TEST(pull(text(said, "token")) == 200);
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(client.get("/v2/", bearer(text(said, "token"))).status == 200);
    // Even on a connection that it has opened, it buys no other token.
    BOOST_TEST(client.get("/v2/_token", bearer(text(said, "token"))).status == 401);
  }
  BOOST_TEST(client.get("/v2/_token", basic("alice", "wrong")).status == 401);
  BOOST_TEST(client.get("/v2/_token").status == 401);
  BOOST_TEST(read(client.get("/token", as("alice"))).contains("token"));
}

BOOST_AUTO_TEST_CASE(a_token_allows_no_more_than_its_scopes) {
  const auto token =
    text(get("scope=" + hello_scope + "&scope=repository:a:pull,push", as("alice")), "token");
  BOOST_TEST(pull(token) == 200);
  BOOST_TEST(push(token, "a") == 202);
  BOOST_TEST(push(token, "library/hello-world") == 401);
  const auto refused = client.erase(manifest_path("a", "1"), bearer(token));
  BOOST_TEST(refused.status == 401);
  BOOST_TEST(refused.header("WWW-Authenticate")
               .ends_with(",scope=\"repository:a:delete\",error=\"insufficient_scope\""));
  BOOST_TEST(client.get("/v2/_catalog", bearer(token)).status == 401);
  BOOST_TEST(client.post("/__parlel/reset", bearer(token)).status == 401);
  // Scopes that say nothing allow nothing; none at all is no limit.
  BOOST_TEST(pull(text(get("scope=nonsense", as("alice")), "token")) == 401);
  BOOST_TEST(push(text(get("", as("alice")), "token"), "anywhere") == 202);
  BOOST_TEST(pull(text(get("scope=repository:a:pull+" + hello_scope, as("alice")), "token")) ==
             200);
}

BOOST_AUTO_TEST_CASE(a_form_buys_the_same) {
  const auto said = post("grant_type=password&service=x&client_id=y&username=alice&password=alice&"
                         "scope=repository%3Aa%3Apull+" +
                         hello_scope);
  BOOST_TEST(pull(text(said, "access_token")) == 200);
  BOOST_TEST(text(said, "scope") == "repository:a:pull " + hello_scope);
  BOOST_TEST(!said.contains("refresh_token"));
  const auto status = [&](const std::string& body, const header_list& fields = form) {
    return client.post("/v2/_token", fields, body).status;
  };
  BOOST_TEST(status("grant_type=password&username=alice&password=wrong") == 401);
  BOOST_TEST(status("grant_type=password&username=alice") == 401);
  BOOST_TEST(status("grant_type=client_credentials") == 400);
  BOOST_TEST(status("grant_type=%ff") == 400);
  BOOST_TEST(status("") == 400);
  BOOST_TEST(status("grant_type=password&username=alice&password=alice", {}) == 400);
  BOOST_TEST(status(std::string(100'000, 'a')) == 413);
  // Another method of that path stays what it is.
  BOOST_TEST(client.erase("/v2/_token", as("alice")).status == 405);
}

BOOST_AUTO_TEST_CASE(a_refresh_token_buys_tokens_until_the_password_changes) {
  const auto first = get("offline_token=true&scope=" + hello_scope, as("alice"));
  const auto refresh = text(first, "refresh_token");
  const auto by_form = "grant_type=refresh_token&refresh_token=" + refresh;
  const auto second = post(by_form + "&scope=" + hello_scope);
  BOOST_TEST(pull(text(second, "access_token")) == 200);
  BOOST_TEST(!second.contains("refresh_token"));
  BOOST_TEST(post(by_form + "&access_type=offline").contains("refresh_token"));
  // It is no access token, and an access token does not refresh.
  BOOST_TEST(pull(refresh) == 401);
  const auto exchanged = "grant_type=refresh_token&refresh_token=" + text(first, "token");
  BOOST_TEST(client.post("/v2/_token", form, exchanged).status == 401);
  // docker logs in with it.
  BOOST_TEST(get("", basic("<token>", refresh)).contains("token"));
  folder.write("htpasswd", "alice:" + gantry::auth::make_bcrypt("other", 4) + "\n");
  bool is_refused = false;
  for (int tries = 0; tries < 1000 && !is_refused; ++tries) {
    is_refused = client.post("/v2/_token", form, by_form).status == 401;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  BOOST_TEST(is_refused);
  BOOST_TEST(pull(text(first, "token")) == 401);
}

BOOST_AUTO_TEST_CASE(a_personal_token_is_a_password_with_limits) {
  for (const auto* const user : {"robot", "_token", "oauth2accesstoken"})
    BOOST_TEST(client.post(uploads_path("ci/app"), basic(user, robot.text)).status == 202, user);
  BOOST_TEST(client.post(uploads_path("ci/app"), basic("alice", robot.text)).status == 401);
  BOOST_TEST(client.post(uploads_path("other"), basic("robot", robot.text)).status == 401);
  BOOST_TEST(client.erase(manifest_path("ci/app", "1"), basic("robot", robot.text)).status == 401);
  BOOST_TEST(push(robot.text, "ci/app") == 202);
  // What it buys has the limits of both.
  const auto token =
    text(get("scope=repository:ci/app:pull,push,delete&scope=repository:other:pull",
             basic("robot", robot.text)),
         "token");
  BOOST_TEST(push(token, "ci/app") == 202);
  BOOST_TEST(push(token, "ci/else") == 401);
  BOOST_TEST(pull(token, "other") == 401);
  BOOST_TEST(client.erase(manifest_path("ci/app", "1"), bearer(token)).status == 401);
}

BOOST_AUTO_TEST_CASE(tokens_outlive_the_server) {
  const auto said = get("offline_token=true", as("alice"));
  server.stop();
  running_registry next{[this](auto& settings) {
    settings.htpasswd = (folder.path() / "htpasswd").string();
    settings.token_keys = (folder.path() / "keys").string();
  }};
  registry_client later{next};
  BOOST_TEST(later.get("/v2/", bearer(text(said, "token"))).status == 200);
  const auto form_text = "grant_type=refresh_token&refresh_token=" + text(said, "refresh_token");
  BOOST_TEST(later.post("/v2/_token", form, form_text).status == 200);
  // Without the keys it is nothing.
  running_registry stranger{
    [this](auto& settings) { settings.htpasswd = (folder.path() / "htpasswd").string(); }};
  registry_client elsewhere{stranger};
  BOOST_TEST(elsewhere.get("/v2/", bearer(text(said, "token"))).status == 401);
}

BOOST_AUTO_TEST_CASE(what_is_no_token_is_refused) {
  const auto token = text(get("", as("alice")), "token");
  for (const auto& other : {token.substr(0, token.size() - 1), token + "A", std::string{"x"},
                            std::string(9000, 'A'), std::string{"eyJhbGciOiJub25lIn0.e30."}})
    BOOST_TEST(
      client.get("/v2/", bearer(other)).header("WWW-Authenticate").ends_with("\"invalid_token\""),
      other.substr(0, 40));
}

BOOST_AUTO_TEST_CASE(a_folder_keeps_the_keys_of_tokens) {
  const auto adjust = [this](auto& settings) {
    settings.htpasswd = (folder.path() / "htpasswd").string();
    settings.data = (folder.path() / "data").string();
  };
  std::string token;
  {
    running_registry first{adjust};
    registry_client asking{first};
    token = text(read(asking.get("/v2/_token", as("alice"))), "token");
  }
  BOOST_TEST(std::filesystem::exists(folder.path() / "data" / "token.keys"));
  running_registry second{adjust};
  registry_client later{second};
  BOOST_TEST(later.get("/v2/", bearer(token)).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
