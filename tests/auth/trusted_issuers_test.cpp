// Tokens that others have issued.
#include "auth/trusted_issuers.hpp"

#include "support/temp_dir.hpp"
#include "support/token_maker.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

using namespace gantry::auth;
using gantry::test::token_maker;
namespace json = boost::json;

struct with_issuer {
  gantry::test::temp_dir folder;
  gantry::auth::trusted_issuers::clock::time_point now{1000h};
  std::chrono::system_clock::time_point today{std::chrono::days{20'000}};
  token_maker issuer{"ES256", "one"};
  std::string keys = folder.write("keys", issuer.jwk_set()).string();
  std::string web;
  int fetches = 0;

  gantry::auth::trusted_issuers trusting(const std::string& items,
                                         std::vector<gantry::auth::issuer> fixed = {}) {
    write(items);
    return gantry::auth::trusted_issuers{{.fixed = std::move(fixed),
                                          .file = folder.path() / "issuers",
                                          .fetch =
                                            [this](const std::string&, const std::string&) {
                                              ++fetches;
                                              return fetched_text{.text = web};
                                            }},
                                         [this] { return now; },
                                         [this] { return today; }};
  }
  void write(const std::string& items) {
    folder.write("issuers", "version: 1\nissuers: [" + items + "]\n");
    now += 1s;
  }
  std::string item(const std::string& place) const {
    return "{issuer: \"https://a\", audience: here, prefix: \"\", keys: \"" + place + "\"}";
  }
  json::object claims(const std::string& name = "https://a") const {
    const auto end =
      std::chrono::duration_cast<std::chrono::seconds>((today + 5min).time_since_epoch());
    return {{"iss", name}, {"aud", "here"}, {"sub", "alice"}, {"exp", end.count()}};
  }
  static std::string user_of(gantry::auth::trusted_issuers& all, const std::string& token) {
    const auto found = all.verify(token);
    return found.is == verdict::accepted ? found.found->who.user : "-";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trusted_issuers, with_issuer)

BOOST_AUTO_TEST_CASE(a_token_of_an_issuer_is_verified) {
  auto all = trusting(item(keys));
  const auto found = all.verify(issuer.make(claims()));
  BOOST_TEST((found.is == verdict::accepted));
  BOOST_TEST(found.found->who.user == "alice");
  BOOST_TEST((found.found->by.of == proof::kind::statement));
  BOOST_TEST((found.found->by.end == today + 5min + 60s));
  BOOST_TEST(user_of(all, issuer.make(claims("https://b"))) == "-");
  BOOST_TEST(user_of(all, token_maker{"ES256", "one"}.make(claims())) == "-");
  BOOST_TEST(user_of(all, "ey.ey.ey") == "-");
  today += 6min;
  BOOST_TEST(user_of(all, issuer.make(claims())) == "alice");
}

BOOST_AUTO_TEST_CASE(each_issuer_has_its_own_keys) {
  const token_maker other{"ES256", "one"};
  auto all =
    trusting(item(keys) + ", {issuer: \"https://b\", audience: here, prefix: b-, keys: \"" +
             folder.write("other", other.jwk_set()).string() + "\"}");
  BOOST_TEST(user_of(all, issuer.make(claims())) == "alice");
  BOOST_TEST(user_of(all, other.make(claims("https://b"))) == "b-alice");
  BOOST_TEST(user_of(all, other.make(claims())) == "-");
  BOOST_TEST(user_of(all, issuer.make(claims("https://b"))) == "-");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_new_is_fetched_once) {
  web = token_maker{"ES256", "old"}.jwk_set();
  auto all = trusting(item("https://a/keys"));
  BOOST_TEST(user_of(all, issuer.make(claims())) == "-");
  BOOST_TEST(fetches == 1);
  web = issuer.jwk_set();
  BOOST_TEST(user_of(all, issuer.make(claims())) == "-"); // too soon
  now += gantry::auth::issuer_keys::pause;
  BOOST_TEST(user_of(all, issuer.make(claims())) == "alice");
  BOOST_TEST(fetches == 2);
}

BOOST_AUTO_TEST_CASE(a_changed_file_counts_and_a_broken_one_does_not) {
  auto all = trusting("");
  BOOST_TEST(user_of(all, issuer.make(claims())) == "-");
  const auto before = all.generation();
  write(item(keys));
  BOOST_TEST(user_of(all, issuer.make(claims())) == "alice");
  const auto after = all.generation();
  BOOST_TEST(after != before);
  write("nonsense");
  BOOST_TEST(user_of(all, issuer.make(claims())) == "alice");
  BOOST_TEST(all.generation() == after);
  // A key that is gone is another generation.
  folder.write("keys", token_maker{}.jwk_set());
  now += 1s;
  BOOST_TEST(all.generation() != after);
  BOOST_TEST(user_of(all, issuer.make(claims())) == "-");
}

BOOST_AUTO_TEST_CASE(no_two_generations_have_the_same_number) {
  auto all = trusting(item(keys));
  auto last = all.generation();
  now += 1s;
  last = std::max(last, all.generation());
  // As many keys go as issuers have come.
  for (const auto* const items :
       {"", "{issuer: \"https://b\", audience: here, keys: \"https://b\"}", ""}) {
    write(items);
    BOOST_TEST(all.generation() > last, items);
    last = all.generation();
  }
}

BOOST_AUTO_TEST_CASE(a_broken_file_is_refused_at_the_start) {
  BOOST_CHECK_THROW(trusting("nonsense"), std::runtime_error);
  BOOST_CHECK_THROW((gantry::auth::trusted_issuers{{.file = folder.path() / "none"}}),
                    std::runtime_error);
}

BOOST_AUTO_TEST_CASE(another_thread_verifies) {
  auto all = trusting(item(keys));
  std::promise<outcome> found;
  all.check(issuer.make(claims()), [&found](outcome is) { found.set_value(std::move(is)); });
  BOOST_TEST((found.get_future().get().is == verdict::accepted));
}

BOOST_AUTO_TEST_CASE(only_so_many_tokens_wait) {
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  constexpr auto most = gantry::auth::trusted_issuers::max_waiting;
  std::size_t delayed = 0;
  std::atomic<std::size_t> accepted{0};
  {
    auto all = trusting(item(keys));
    // At most two leave the queue, because both threads then wait.
    for (std::size_t i = 0; i < most + 3; ++i)
      all.check(issuer.make(claims()), [&](const outcome& is) {
        if (is.is == verdict::delayed) {
          ++delayed; // on this thread
          return;
        }
        gate.wait();
        ++accepted;
      });
    go_on.set_value();
  }
  BOOST_TEST(delayed >= 1U);
  BOOST_TEST(accepted + delayed == most + 3);
}

BOOST_AUTO_TEST_CASE(only_a_jws_could_be_a_token) {
  using all = gantry::auth::trusted_issuers;
  BOOST_TEST(all::could_be_token("eyJhbGciOiJub25lIn0.e30."));
  for (const auto* const text : {"", "ey", "ey.ey", "a.b.c", "ey.a.b.c"})
    BOOST_TEST(!all::could_be_token(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
