#include "actors/closed_uploads.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace gantry;
using namespace std::chrono_literals;

namespace {

struct table {
  const time_point now{1h};
  const repository_name home = repository_name::parse("a/b").value();
  const repository_name other = repository_name::parse("c").value();
  closed_uploads closed{{10min, 100, 100'000}};

  upload_id add(std::string_view content, time_point when) {
    const auto id = upload_id::generate();
    closed.remember(id, {home, digest::of(content)}, when);
    return id;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(closed_uploads)

BOOST_FIXTURE_TEST_CASE(only_its_repository_learns_the_outcome_of_an_upload, table) {
  const auto id = add("content", now);
  const auto found = closed.find(id, home, now);
  BOOST_REQUIRE(found.has_value());
  BOOST_CHECK(std::get<digest>(found->outcome) == digest::of("content"));
  BOOST_CHECK(!closed.find(id, other, now));
  BOOST_CHECK(!closed.find(upload_id::generate(), home, now));
}

BOOST_FIXTURE_TEST_CASE(an_outcome_is_forgotten_in_time, table) {
  const auto id = add("content", now);
  BOOST_CHECK(closed.find(id, home, now + 10min - 1ms));
  BOOST_CHECK(!closed.find(id, home, now + 10min));
  add("more", now + 10min);
  BOOST_TEST(closed.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_outcomes_of_some_repositories_are_forgotten, table) {
  const auto id = add("content", now);
  const auto kept = upload_id::generate();
  closed.remember(kept, {other, digest::of("content")}, now);
  closed.clear_of([&](const repository_name& name) { return name != other; });
  BOOST_CHECK(!closed.find(id, home, now));
  BOOST_CHECK(closed.find(kept, other, now));
  BOOST_TEST(closed.size() == 1U);
  closed.clear_of([&](const repository_name& name) { return name == other; });
  BOOST_TEST(closed.bytes() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_oldest_outcomes_make_room, table) {
  std::vector<upload_id> ids;
  for (int i = 0; i < 150; ++i)
    ids.push_back(add(std::to_string(i), now));
  BOOST_TEST(closed.size() == 100U);
  BOOST_CHECK(!closed.find(ids[49], home, now));
  BOOST_CHECK(closed.find(ids[50], home, now));
}

BOOST_FIXTURE_TEST_CASE(their_bytes_are_bounded, table) {
  for (int i = 0; i < 90; ++i)
    closed.remember(upload_id::generate(),
                    {home, fail(errc::insufficient_storage, std::string(10'000, 'x'))}, now);
  BOOST_TEST(closed.bytes() <= 100'000U);
  BOOST_TEST(closed.size() > 5U);
  closed.clear();
  BOOST_TEST(closed.bytes() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_last_outcome_counts, table) {
  const auto id = add("content", now);
  closed.remember(id, {home, fail(errc::disk_full)}, now);
  BOOST_CHECK(std::get<error>(closed.find(id, home, now)->outcome).code == errc::disk_full);
  BOOST_TEST(closed.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
