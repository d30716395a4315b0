// Who is told of changes.
#include "webhooks/endpoint.hpp"

#include "webhooks/samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::webhooks;
using gantry::test::pushed;

BOOST_AUTO_TEST_SUITE(endpoint)

BOOST_AUTO_TEST_CASE(a_url_may_have_a_login) {
  const auto plain = read_target("http://listener.example:8080/event?x=1").value();
  BOOST_TEST(plain.url.host == "listener.example");
  BOOST_TEST(plain.url.target == "/event?x=1");
  BOOST_TEST(plain.authorization.empty());
  const auto login = read_target("https://ann:secret@listener.example/a@b").value();
  BOOST_TEST(login.url.secure);
  BOOST_TEST(login.url.host == "listener.example");
  BOOST_TEST(login.url.target == "/a@b");
  BOOST_TEST(login.authorization == "Basic YW5uOnNlY3JldA==");
  BOOST_TEST(login.shown == "https://listener.example/a@b");
  BOOST_TEST(read_target("http://ann@h/").value().authorization == "Basic YW5uOg==");
}

BOOST_AUTO_TEST_CASE(other_texts_are_refused_without_their_secrets) {
  for (const auto* text : {"", "listener.example", "ftp://h/", "http://", "http://h:0/",
                           "http://ann:secret@/", "http://a%40b:secret@h/"}) {
    const auto made = read_target(text);
    BOOST_TEST(!made, text);
    if (!made)
      BOOST_TEST(made.error().detail.find("secret") == std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(each_kind_of_change_is_an_action_of_dockers_registry) {
  for (const auto kind :
       {change_kind::push, change_kind::move, change_kind::undelete, change_kind::copy})
    BOOST_TEST(action_of(kind) == "push");
  for (const auto kind : {change_kind::remove, change_kind::expire})
    BOOST_TEST(action_of(kind) == "delete");
}

BOOST_AUTO_TEST_CASE(changes_are_ignored_by_their_media_type_kind_or_action) {
  auto change = pushed(1, "team/app", "1");
  change.entry.kind = change_kind::move;
  BOOST_TEST(wants({}, change));
  BOOST_TEST(
    wants({.ignored_media_types = {"text/html"}, .ignored_actions = {"delete", "copy"}}, change));
  BOOST_TEST(!wants({.ignored_media_types = {"text/plain"}}, change));
  BOOST_TEST(!wants({.ignored_actions = {"move"}}, change));
  BOOST_TEST(!wants({.ignored_actions = {"push"}}, change));
}

BOOST_AUTO_TEST_SUITE_END()
