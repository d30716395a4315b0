// The last login of a connection.
#include "api/standing_login.hpp"

#include "support/memory_stream.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace std::chrono_literals;

namespace {

using namespace gantry;

struct with_connection : test::memory_stream {
  auth::identity_ptr alice = std::make_shared<const auth::identity>(
    auth::identity{.who = policy::subject::user_named("alice")});
  auth::identity_ptr bob = std::make_shared<const auth::identity>(
    auth::identity{.who = policy::subject::user_named("bob")});

  void keep(const std::string& field, const auth::identity_ptr& owner, std::uint64_t generation = 1,
            std::chrono::nanoseconds lasts = 1h) {
    api::keep_login(peer, field, owner, generation, lasts);
  }
  bool is(const auth::identity_ptr& owner, const std::string& field, std::uint64_t generation = 1) {
    const auto* const found = api::repeated_login(peer, field, generation);
    return found ? found->owner == owner : owner == nullptr;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(standing_login, with_connection)

BOOST_AUTO_TEST_CASE(the_same_field_is_the_same_client) {
  BOOST_TEST(is(nullptr, "Basic a"));
  keep("Basic a", alice);
  BOOST_TEST(is(alice, "Basic a"));
  for (const auto* const other : {"", "Basic", "Basic b", "basic a", "Basic a "})
    BOOST_TEST(is(nullptr, other), other);
  BOOST_TEST(is(alice, "Basic a"));
}

BOOST_AUTO_TEST_CASE(the_last_client_of_a_shared_connection_is_kept) {
  keep("Basic a", alice);
  keep("Basic b", bob);
  BOOST_TEST(is(bob, "Basic b"));
  BOOST_TEST(is(nullptr, "Basic a"));
}

BOOST_AUTO_TEST_CASE(another_generation_ends_it) {
  keep("Basic a", alice);
  BOOST_TEST(is(nullptr, "Basic a", 2));
  BOOST_TEST(is(nullptr, "Basic a", 0));
}

BOOST_AUTO_TEST_CASE(it_ends_in_time) {
  keep("Basic a", alice, 1, 0s);
  BOOST_TEST(is(nullptr, "Basic a"));
  keep("Basic a", alice, 1, -1s);
  BOOST_TEST(is(nullptr, "Basic a"));
  keep("Basic a", alice, 1, 1ns);
  BOOST_TEST(is(nullptr, "Basic a"));
}

BOOST_AUTO_TEST_CASE(a_long_field_is_not_kept) {
  const std::string longest(api::longest_kept_field, 'x');
  keep(longest, alice);
  BOOST_TEST(is(alice, longest));
  keep(longest + 'x', alice);
  BOOST_TEST(is(nullptr, longest + 'x'));
}

BOOST_AUTO_TEST_SUITE_END()
