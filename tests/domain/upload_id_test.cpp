// UUIDs of uploads.
#include "domain/upload_id.hpp"

#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <unordered_set>

using gantry::errc;

BOOST_AUTO_TEST_SUITE(upload_id)

using gantry::upload_id;

BOOST_AUTO_TEST_CASE(a_generated_id_is_a_version_4_uuid_and_survives_its_text) {
  const auto id = upload_id::generate();
  const auto text = id.to_string();
  BOOST_TEST(text.size() == 36u);
  BOOST_TEST(text[14] == '4');
  BOOST_TEST(std::string_view{"89ab"}.find(text[19]) != std::string_view::npos);
  BOOST_TEST((upload_id::parse(text).value() == id));
}

BOOST_AUTO_TEST_CASE(an_issued_id_is_recognised_only_for_its_repository) {
  for (int i = 0; i < 100; ++i) {
    const auto id = upload_id::issue("library/app");
    BOOST_TEST(id.to_string()[14] == '4');
    BOOST_TEST(upload_id::parse(id.to_string()).value().was_issued_for("library/app"));
    BOOST_TEST(!id.was_issued_for("library/other"));
    BOOST_TEST(!upload_id::generate().was_issued_for("library/app"));
  }
  auto altered = upload_id::issue("a").to_string();
  altered[0] = altered[0] == '0' ? '1' : '0';
  BOOST_TEST(!upload_id::parse(altered).value().was_issued_for("a"));
}

BOOST_AUTO_TEST_CASE(generated_ids_differ_and_hash_apart) {
  std::unordered_set<gantry::upload_id> ids;
  for (int i = 0; i < 1000; ++i)
    ids.insert(upload_id::generate());
  BOOST_TEST(ids.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(upper_case_is_read_and_lower_case_is_printed) {
  const auto id = upload_id::parse("F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6");
  BOOST_REQUIRE(id.has_value());
  BOOST_TEST(id->to_string() == "f81d4fae-7dec-41d0-a765-00a0c91e6bf6");
  BOOST_TEST(id->bytes()[0] == 0xF8);
  BOOST_TEST(id->bytes()[15] == 0xF6);
}

// case 109
BOOST_AUTO_TEST_CASE(other_texts_are_not_upload_ids) {
  for (const std::string_view text :
       {"", "x", "f81d4fae-7dec-41d0-a765-00a0c91e6bf", "f81d4fae-7dec-41d0-a765-00a0c91e6bf60",
        "f81d4fae7dec41d0a76500a0c91e6bf6", "f81d4fae-7dec-41d0-a765-00a0c91e6bfg",
        "{81d4fae-7dec-41d0-a765-00a0c91e6bf}", "f81d4fae+7dec+41d0+a765+00a0c91e6bf6",
        "f81d4fa-e7dec-41d0-a765-00a0c91e6bf6", "../../../../../../../../../etc/passwd"}) {
    BOOST_TEST_CONTEXT("text " << text)
    BOOST_TEST(upload_id::parse(text).error().code == errc::upload_unknown);
  }
}

BOOST_AUTO_TEST_SUITE_END()
