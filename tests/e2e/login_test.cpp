// Passwords, as clients meet them.
#include "auth/bcrypt.hpp"
#include "base/base64.hpp"
#include "e2e/alice.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>

using namespace gantry::test;

namespace {

// Basic of `bob:right`.
const header_list unknown{{"Authorization", "Basic Ym9iOnJpZ2h0"}};

struct password_registry {
  temp_dir folder;
  running_registry server{[this](auto& settings) {
    settings.htpasswd = (folder.path() / "htpasswd").string();
    settings.realm = "here";
    settings.seed = "true";
  }};
  registry_client client{server};

  void add_alice() { folder.write("htpasswd", alice_line()); }
};

struct with_alice : password_registry {
  with_alice() { add_alice(); }
};

const char* const hello_path = "/v2/library/hello-world/manifests/latest";

} // namespace

BOOST_AUTO_TEST_SUITE(login)

BOOST_FIXTURE_TEST_CASE(who_has_no_password_is_asked_for_one, with_alice) {
  for (const auto* target : {"/v2/", hello_path, "/v2/_catalog", "/__parlel/repositories",
                             "/__parlel/requests", "/__gantry/gc"}) {
    const auto response = client.get(target);
    BOOST_TEST(response.status == 401, target);
    BOOST_TEST(response.header("WWW-Authenticate") == R"(Basic realm="here")");
    BOOST_TEST(response.body.find(R"("code":"UNAUTHORIZED")") != std::string::npos);
  }
  BOOST_TEST(client.post(uploads_path("a")).status == 401);
  BOOST_TEST(client.erase(hello_path).status == 401);
}

BOOST_FIXTURE_TEST_CASE(a_head_is_refused_without_a_body, with_alice) {
  const auto response = client.head(hello_path);
  BOOST_TEST(response.status == 401);
  BOOST_TEST(!response.header("WWW-Authenticate").empty());
  BOOST_TEST(!response.header("Content-Length").empty());
  BOOST_TEST(client.get("/v2/", right).status == 200);
}

BOOST_FIXTURE_TEST_CASE(the_right_password_opens_everything, with_alice) {
  BOOST_TEST(client.get("/v2/", right).status == 200);
  BOOST_TEST(client.get(hello_path, right).status == 200);
  BOOST_TEST(client.post(uploads_path("a"), right).status == 202);
  BOOST_TEST(client.post("/__parlel/reset", right).status == 200);
}

// case 23; that both cost as much: auth/htpasswd_test
BOOST_FIXTURE_TEST_CASE(wrong_passwords_and_unknown_users_look_alike, with_alice) {
  const auto first = client.get(hello_path, wrong);
  const auto second = client.get(hello_path, unknown);
  BOOST_TEST(first.status == 401);
  BOOST_TEST(second.status == 401);
  BOOST_TEST(first.body == second.body);
}

// case 29
BOOST_FIXTURE_TEST_CASE(long_passwords_are_refused, with_alice) {
  const auto with = [](std::size_t bytes) {
    const auto text = gantry::to_base64("alice:right" + std::string(bytes, 'x'));
    return header_list{{"Authorization", "Basic " + text}};
  };
  BOOST_TEST(client.get("/v2/", with(72)).status == 401);
  BOOST_TEST(client.get("/v2/", with(20'000)).status == 401);
  BOOST_TEST(registry_client{server}.get("/v2/", with(1024 * 1024)).status == 431);
}

BOOST_FIXTURE_TEST_CASE(other_schemes_do_not_count, with_alice) {
  for (const auto* field : {"Bearer YWxpY2U6cmlnaHQ=", "Basic", "Basic %%%", "Basic YWxpY2U="})
    BOOST_TEST(client.get("/v2/", {{"Authorization", field}}).status == 401, field);
}

BOOST_FIXTURE_TEST_CASE(what_is_open_to_everybody_stays_so, with_alice) {
  for (const auto* target : {"/", "/health", "/livez", "/readyz"})
    BOOST_TEST(client.get(target).status == 200, target);
  BOOST_TEST(client.request("OPTIONS", hello_path).status == 204);
}

BOOST_FIXTURE_TEST_CASE(guessing_gets_slower, with_alice) {
  unsigned refused = 0;
  auto response = client.get("/v2/", wrong);
  for (; response.status == 401 && refused < 100; ++refused)
    response = client.get("/v2/", wrong);
  BOOST_TEST(refused >= 6u);
  BOOST_TEST(response.status == 429);
  BOOST_TEST(response.header("Retry-After") == "1");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_comes_later_is_waited_for, password_registry) {
  BOOST_TEST(client.get("/v2/", right).status == 401);
  BOOST_TEST(client.get("/health").status == 200);
  add_alice();
  while (client.get("/v2/", right).status == 401) // it is looked at once per second
    continue;
  BOOST_TEST(client.get("/v2/", right).status == 200);
}

// A connection remembers its last login.
BOOST_FIXTURE_TEST_CASE(each_request_of_a_connection_counts_by_itself, with_alice) {
  for (int round = 0; round < 2; ++round) {
    BOOST_TEST(client.get(hello_path, right).status == 200);
    BOOST_TEST(client.get(hello_path, right).status == 200);
    BOOST_TEST(client.get(hello_path, wrong).status == 401);
    BOOST_TEST(client.get(hello_path).status == 401);
  }
}

BOOST_FIXTURE_TEST_CASE(a_login_on_an_open_connection_ends_with_its_password, with_alice) {
  BOOST_TEST(client.get("/v2/", right).status == 200);
  BOOST_TEST(client.get("/v2/", right).status == 200);
  folder.write("htpasswd", "alice:" + gantry::auth::make_bcrypt("other", 4) + "\n");
  auto response = client.get("/v2/", right);
  while (response.status == 200) { // the file is looked at once per second
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    response = client.get("/v2/", right);
  }
  BOOST_TEST(response.status == 401);
}

BOOST_FIXTURE_TEST_CASE(blobs_are_private, with_alice) {
  const auto location = client.post(uploads_path("a"), right).header("Location");
  client.put(location + "?digest=" + sha256("x"), right, "x");
  const auto field = client.get(blob_path("a", sha256("x")), right).header("Cache-Control");
  BOOST_TEST(field.starts_with("private, "));
}

BOOST_AUTO_TEST_CASE(without_a_file_credentials_are_ignored) {
  running_registry server;
  registry_client client{server};
  BOOST_TEST(client.get("/v2/", wrong).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
