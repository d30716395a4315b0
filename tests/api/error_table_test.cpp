#include "api/error_table.hpp"

#include "api/responses.hpp"
#include "support/golden.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cctype>
#include <string>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(error_table)

BOOST_AUTO_TEST_CASE(every_error_is_rendered_as_reviewed) {
  std::string all;
  for (int code = 1; code <= static_cast<int>(last_errc); ++code) {
    const auto failure = fail(static_cast<errc>(code), "the detail");
    all.append(to_string(failure.code)).append(" ");
    all += std::to_string(api::to_wire(failure.code).status) + " " + api::render(failure) + "\n";
  }
  test::check_golden(all, "tests/golden/errors.txt");
}

BOOST_AUTO_TEST_CASE(every_error_has_a_code_a_message_and_a_remedy) {
  for (int code = 1; code <= static_cast<int>(last_errc); ++code) {
    const auto wire = api::to_wire(static_cast<errc>(code));
    BOOST_TEST_CONTEXT(to_string(static_cast<errc>(code))) {
      // distribution-spec, "Error Codes": upper-case letters, digits and underscores.
      BOOST_TEST(!wire.code.empty());
      BOOST_TEST(std::all_of(wire.code.begin(), wire.code.end(), [](unsigned char c) {
        return std::isupper(c) || std::isdigit(c) || c == '_';
      }));
      BOOST_TEST(!wire.message.empty());
      BOOST_TEST(!wire.remedy.empty());
      BOOST_TEST(http::reason_phrase(wire.status) != "Unknown");
    }
  }
}

BOOST_AUTO_TEST_CASE(temporary_errors_say_when_to_retry) {
  // case 180
  for (int code = 1; code <= static_cast<int>(last_errc); ++code) {
    const auto failure = fail(static_cast<errc>(code));
    const auto answer = api::make_error_response(failure, "GET");
    const bool waiting_helps = answer.status == 429 || answer.status == 503;
    BOOST_TEST_CONTEXT(to_string(failure.code)) {
      BOOST_TEST((answer.fields.find("Retry-After: 1\r\n") != std::string::npos) == waiting_helps);
      BOOST_TEST((api::to_wire(failure.code).code == "TOOMANYREQUESTS") == (answer.status == 429));
    }
  }
  for (const auto lasting :
       {errc::quota_reached, errc::quota_exceeded, errc::insufficient_storage, errc::disk_full})
    BOOST_TEST(api::to_wire(lasting).status != 429U);
}

BOOST_AUTO_TEST_CASE(further_details_are_separate_entries) {
  // case 186
  const error three{errc::manifest_blob_unknown, "a", {"b", "c"}};
  const auto body = boost::json::parse(api::render(three));
  const auto& errors = body.at("errors").as_array();
  BOOST_REQUIRE(errors.size() == 3u);
  BOOST_TEST(errors[0].at("detail").as_string() == "a");
  BOOST_TEST(errors[2].at("detail").as_string() == "c");
  BOOST_TEST(errors[2].at("code").as_string() == "MANIFEST_BLOB_UNKNOWN");
}

BOOST_AUTO_TEST_CASE(the_message_of_a_quota_names_it) {
  const auto body = boost::json::parse(api::render(fail(errc::quota_exceeded, "the quota a\n")));
  BOOST_TEST(body.at("errors").at(0).at("message").as_string() ==
             "the quota a\n: delete tags and collect garbage, or ask an administrator for a larger "
             "quota");
  const auto bare = boost::json::parse(api::render(fail(errc::quota_exceeded)));
  BOOST_TEST(bare.at("errors").at(0).at("message").as_string() ==
             "a quota of the registry is exceeded");
}

BOOST_AUTO_TEST_CASE(internal_details_are_not_shown) {
  // case 158
  const auto body = boost::json::parse(api::render(fail(errc::internal, "/srv/data: EIO")));
  BOOST_TEST(body.at("errors").at(0).at("code").as_string() == "UNKNOWN");
  BOOST_TEST(body.at("errors").at(0).at("detail").is_null());
}

BOOST_AUTO_TEST_CASE(a_long_detail_is_truncated) {
  std::string cut(256, 'x');
  cut += "...";
  const std::string long_text(30'000, 'x');
  const error both{errc::name_invalid, long_text, {long_text}};
  const auto body = boost::json::parse(api::render(both));
  for (const auto& entry : body.at("errors").as_array())
    BOOST_TEST(entry.at("detail").as_string() == cut);
  const std::string longest(256, 'x');
  const auto whole = boost::json::parse(api::render(fail(errc::name_invalid, longest)));
  BOOST_TEST(whole.at("errors").at(0).at("detail").as_string() == longest);
}

BOOST_AUTO_TEST_CASE(details_with_any_bytes_remain_valid_json) {
  const auto body = boost::json::parse(api::render(fail(errc::name_invalid, "\"\\\n\x01\xff")));
  BOOST_TEST(body.at("errors").at(0).at("detail").as_string() == "\"\\\n\x01?");
}

BOOST_AUTO_TEST_SUITE_END()
