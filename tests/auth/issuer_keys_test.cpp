// The public keys of an issuer.
#include "auth/issuer_keys.hpp"

#include "support/temp_dir.hpp"
#include "support/token_maker.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

using namespace gantry::auth;
using gantry::test::token_maker;

struct with_places {
  gantry::test::temp_dir folder;
  gantry::auth::issuer_keys::clock::time_point now{1000h};
  std::map<std::string, std::string> web;
  std::vector<std::string> fetched;
  int changes = 0;
  token_maker one{"ES256", "one"};
  token_maker two{"ES256", "two"};

  gantry::auth::issuer_keys at(key_places places) {
    return {"issuer", std::move(places),
            [this](const std::string& url, const std::string& authorities) -> fetched_text {
              fetched.push_back(url + authorities);
              const auto found = web.find(url);
              if (found == web.end())
                return {.why = "it was answered with 404"};
              return {.text = found->second};
            },
            [this] { return now; }, [this] { ++changes; }};
  }
  static bool knows(gantry::auth::issuer_keys& keys, const std::string& name) {
    return !keys.take()->find(name).empty();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(issuer_keys, with_places)

BOOST_AUTO_TEST_CASE(files_are_read_again_when_they_change) {
  auto keys = at({.jwk_sets = {(folder.path() / "keys").string()},
                  .bundles = {folder.write("pem", two.key().public_pem()).string()}});
  BOOST_TEST(!knows(keys, "one"));
  BOOST_TEST(keys.take()->keys().size() == 1U);
  const auto before = changes;
  folder.write("keys", one.jwk_set());
  BOOST_TEST(!knows(keys, "one")); // not yet looked at
  now += 1s;
  BOOST_TEST(knows(keys, "one"));
  BOOST_TEST(keys.take()->keys().size() == 2U);
  BOOST_TEST(changes == before + 1);
  folder.write("keys", "nonsense");
  now += 1s;
  BOOST_TEST(!knows(keys, "one"));
  BOOST_TEST(fetched.empty());
  BOOST_TEST(!keys.refresh());
}

BOOST_AUTO_TEST_CASE(a_url_is_fetched_now_and_then) {
  web["https://a/keys"] = one.jwk_set();
  auto keys = at({.url = "https://a/keys", .authorities = "+ca"});
  BOOST_TEST(knows(keys, "one"));
  now += 59min;
  BOOST_TEST(knows(keys, "one"));
  BOOST_TEST(fetched == std::vector<std::string>{"https://a/keys+ca"});
  web["https://a/keys"] = two.jwk_set();
  now += 1min;
  BOOST_TEST(knows(keys, "two"));
  BOOST_TEST(!knows(keys, "one"));
}

BOOST_AUTO_TEST_CASE(an_openid_configuration_names_the_keys) {
  web["https://a/openid"] = R"({"issuer":"https://a","jwks_uri":"https://b/keys"})";
  web["https://b/keys"] = one.jwk_set();
  auto keys = at({.url = "https://a/openid"});
  BOOST_TEST(knows(keys, "one"));
  BOOST_TEST(fetched == (std::vector<std::string>{"https://a/openid", "https://b/keys"}));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_asked_for_but_not_too_often) {
  web["https://a/keys"] = one.jwk_set();
  auto keys = at({.url = "https://a/keys"});
  BOOST_TEST(knows(keys, "one"));
  web["https://a/keys"] = two.jwk_set();
  BOOST_TEST(!keys.refresh());
  now += gantry::auth::issuer_keys::pause;
  BOOST_TEST(keys.refresh());
  BOOST_TEST(knows(keys, "two"));
  now += gantry::auth::issuer_keys::pause;
  BOOST_TEST(!keys.refresh()); // fetched, and the same
  BOOST_TEST(fetched.size() == 3U);
}

BOOST_AUTO_TEST_CASE(keys_outlive_a_failure_for_a_day) {
  web["https://a/keys"] = one.jwk_set();
  auto keys = at({.url = "https://a/keys"});
  BOOST_TEST(knows(keys, "one"));
  web.clear();
  now += 1h;
  BOOST_TEST(knows(keys, "one"));
  now += 22h;
  BOOST_TEST(knows(keys, "one"));
  now += 1h;
  BOOST_TEST(!knows(keys, "one"));
  web["https://a/keys"] = one.jwk_set();
  now += gantry::auth::issuer_keys::pause;
  BOOST_TEST(knows(keys, "one"));
}

BOOST_AUTO_TEST_CASE(a_failure_is_not_repeated_at_once) {
  auto keys = at({.url = "https://a/keys"});
  BOOST_TEST(!knows(keys, "one"));
  BOOST_TEST(!knows(keys, "one"));
  BOOST_TEST(fetched.size() == 1U);
  web["https://a/keys"] = "nonsense";
  now += gantry::auth::issuer_keys::pause;
  BOOST_TEST(!knows(keys, "one"));
  BOOST_TEST(fetched.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_look_at_the_files_does_not_wait_for_a_fetch) {
  std::promise<void> begun;
  std::promise<void> go_on;
  gantry::auth::issuer_keys keys{
    "issuer",
    {.jwk_sets = {folder.write("keys", one.jwk_set()).string()}, .url = "https://a/keys"},
    [&](const std::string&, const std::string&) -> fetched_text {
      begun.set_value();
      go_on.get_future().wait();
      return {.text = two.jwk_set()};
    },
    [this] { return now; },
    [this] { ++changes; }};
  std::thread fetching{[&] { BOOST_TEST(knows(keys, "two")); }};
  begun.get_future().wait();
  keys.look();
  BOOST_TEST(changes == 1);
  go_on.set_value();
  fetching.join();
  BOOST_TEST(changes == 2);
}

BOOST_AUTO_TEST_SUITE_END()
