#include "storage/disk/upload_record.hpp"

#include "storage/test_content.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <span>
#include <string>

using namespace gantry;
using namespace gantry::storage;

namespace {

struct recorded {
  recorded() { hash.update(std::as_bytes(std::span{bytes})); }

  const std::string bytes = "some\nbytes\0more";
  const upload_position position{15, true};
  hasher hash{digest_algorithm::sha512};
  const saved_upload whose{upload_id::generate(), test::name("a/b"),
                           time_point{std::chrono::milliseconds{1'700'000'000'123}}};
  std::string text() const { return encode(whose, position, hash, bytes, "this boot"); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(upload_record)

BOOST_FIXTURE_TEST_CASE(a_record_round_trips, recorded) {
  const auto read = decode_record(text(), "this boot");
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->whose.id == whose.id));
  BOOST_TEST((read->whose.saved == whose.saved));
  BOOST_TEST(read->whose.repository.to_string() == "a/b");
  BOOST_TEST((read->position == position));
  BOOST_TEST((read->algorithm == digest_algorithm::sha512));
  BOOST_REQUIRE(read->hash.has_value());
  BOOST_TEST(read->hash->peek() == hash.peek());
  BOOST_TEST(read->inline_bytes == bytes);
  BOOST_TEST(!read->stale);
}

BOOST_FIXTURE_TEST_CASE(a_record_of_another_boot_or_of_none_is_stale, recorded) {
  BOOST_TEST(decode_record(text(), "another boot")->stale);
  const auto unknown = encode(whose, position, hash, bytes, "");
  BOOST_TEST(decode_record(unknown, "")->stale);
}

BOOST_FIXTURE_TEST_CASE(what_follows_a_record_does_not_count, recorded) {
  const auto whole = text();
  BOOST_TEST(length_of_record(whole.substr(0, 30)) == whole.size());
  BOOST_TEST(length_of_record("gantry-upload 1\n") == 0U);
  BOOST_TEST(length_of_record(std::string(100, '\0')) == 0U);
  const auto read = decode_record(whole + whole, "this boot");
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->inline_bytes == bytes);
}

BOOST_FIXTURE_TEST_CASE(any_damage_is_noticed, recorded) {
  const auto whole = text();
  for (std::size_t length = 0; length < whole.size(); ++length)
    BOOST_TEST(!decode_record(whole.substr(0, length), "this boot").has_value());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto damaged = whole;
    damaged[at] ^= 1;
    BOOST_TEST(!decode_record(damaged, "this boot").has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
