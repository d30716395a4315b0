// Sizes, durations and counts as people type them.
#include "config/values.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <stdexcept>
#include <string>

using namespace gantry::config;
using std::chrono::milliseconds;

namespace {

struct size_row {
  const char* text;
  std::uint64_t bytes;
  friend std::ostream& operator<<(std::ostream& out, const size_row& row) {
    return out << row.text;
  }
};

struct duration_row {
  const char* text;
  std::int64_t milliseconds;
  friend std::ostream& operator<<(std::ostream& out, const duration_row& row) {
    return out << row.text;
  }
};

/// A text, and the end of its error message.
struct wrong_row {
  const char* text;
  const char* mistake;
  friend std::ostream& operator<<(std::ostream& out, const wrong_row& row) {
    return out << row.text;
  }
};

const size_row sizes[] = {
  {"0", 0},
  {"1", 1},
  {"512B", 512},
  {"512b", 512},
  {"1k", 1024},
  {"1KB", 1024},
  {"1KiB", 1024},
  {"512MiB", 512u * 1024 * 1024},
  {"2GB", 2u * 1024 * 1024 * std::uint64_t{1024}},
  {"3 TiB", 3 * (std::uint64_t{1} << 40)},
  {"4EiB", std::uint64_t{4} << 60},
};

const wrong_row wrong_sizes[] = {
  {"", "is not a size"},
  {"512XB", "is not a size"},
  {"512Mi B", "is not a size"},
  {"MiB", "is not a size"},
  {"nan", "is not a size"},
  {"inf", "is not a size"},
  {"1e3", "is not a size"},
  {"0x10", "is not a size"},
  {"+1", "is not a size"},
  {"1.5GB", "has a fraction"},
  {"0.5", "has a fraction"},
  {"-1", "is negative"},
  {"-1GiB", "is negative"},
  {"5EiB", "is too large: at most 4EiB, such as 512MiB"},
  {"99999999999999999999", "is too large"},
  {"18446744073709551615TiB", "is too large"},
};

const duration_row durations[] = {
  {"0", 0},
  {"1", 1000},
  {"0.5", 500},
  {"1.", 1000},
  {"500ms", 500},
  {"30s", 30'000},
  {"10m", 600'000},
  {"1h", 3'600'000},
  {"1.5h", 5'400'000},
  {"7d", 604'800'000},
  {"1h30m", 5'400'000},
  {"1m0.5s", 60'500},
};

const wrong_row wrong_durations[] = {
  {"", "is not a duration"},
  {"1 hour", "is not a duration"},
  {"1hour", "is not a duration"},
  {"1H", "is not a duration"},
  {"1h30", "is not a duration"},
  {"h", "is not a duration"},
  {".5s", "is not a duration"},
  {"nan", "is not a duration"},
  {"inf", "is not a duration"},
  {"1e3", "is not a duration"},
  {"-1", "is negative"},
  {"-1h", "is negative"},
  {"0.0001", "is too short: at least 1ms, such as 30s"},
  {"0.1ms", "is too short"},
  {"99999999h", "is too long: at most 10950d, such as 1h"},
  {"99999999999999999999", "is too long"},
};

const wrong_row wrong_counts[] = {
  {"", "is not a number"},    {"many", "is not a number"}, {"0x5", "is not a number"},
  {"nan", "is not a number"}, {"1k", "is not a number"},   {" 5", "is not a number"},
  {"5 ", "is not a number"},  {"1.5", "has a fraction"},   {"-1", "is negative"},
  {"2", "is too small"},      {"11", "is too large"},      {"99999999999999999999", "is too large"},
};

template <class Read>
void check_refused(const wrong_row& row, Read read) {
  const auto begin = "'" + std::string{row.text} + "' " + row.mistake;
  BOOST_CHECK_EXCEPTION(
    read(row.text), std::invalid_argument, [&](const std::invalid_argument& wrong) {
      const std::string text{wrong.what()};
      BOOST_TEST_MESSAGE(text);
      return text.starts_with(begin) && text.find("such as ") != std::string::npos;
    });
}

} // namespace

BOOST_AUTO_TEST_SUITE(values)

BOOST_DATA_TEST_CASE(sizes_have_units, boost::unit_test::data::make(sizes)) {
  BOOST_TEST(read_size(sample.text) == sample.bytes);
}

BOOST_DATA_TEST_CASE(durations_have_units, boost::unit_test::data::make(durations)) {
  BOOST_TEST(read_duration(sample.text).count() == sample.milliseconds);
}

BOOST_DATA_TEST_CASE(a_wrong_size_is_refused_with_an_example,
                     boost::unit_test::data::make(wrong_sizes)) {
  check_refused(sample, [](const char* text) { return read_size(text); });
}

BOOST_DATA_TEST_CASE(a_wrong_duration_is_refused_with_an_example,
                     boost::unit_test::data::make(wrong_durations)) {
  check_refused(sample, [](const char* text) { return read_duration(text); });
}

BOOST_DATA_TEST_CASE(a_wrong_count_is_refused_with_an_example,
                     boost::unit_test::data::make(wrong_counts)) {
  check_refused(sample, [](const char* text) { return read_count(text, {3, 10}, 4); });
}

BOOST_AUTO_TEST_CASE(bounds_are_inclusive) {
  BOOST_TEST(read_count("3", {3, 10}, 4) == 3u);
  BOOST_TEST(read_count("10", {3, 10}, 4) == 10u);
  BOOST_TEST(read_size("1KiB", {1024, 2048}) == 1024u);
  BOOST_TEST(read_size("2KiB", {1024, 2048}) == 2048u);
  check_refused({"1023", "is too small: at least 1KiB"}, [](const char* text) {
    return read_size(text, {1024, 2048});
  });
  check_refused({"0", "is too short: at least 1ms"},
                [](const char* text) { return read_duration(text, milliseconds{1}); });
}

BOOST_AUTO_TEST_CASE(decimals_have_bounds_and_no_special_values) {
  BOOST_TEST(read_decimal("0.5", 0.001, 100) == 0.5);
  BOOST_TEST(read_decimal("100", 0.001, 100) == 100);
  for (const auto* text : {"", "nan", "inf", "-1", "0", "101", "1e1", "5/s"})
    check_refused({text, "is not a number from 0.001 to 100"},
                  [](const char* typed) { return read_decimal(typed, 0.001, 100); });
}

BOOST_AUTO_TEST_CASE(rendered_values_can_be_read_back) {
  for (const auto& row : sizes)
    BOOST_TEST(read_size(render_size(row.bytes)) == row.bytes);
  for (const auto& row : durations)
    BOOST_TEST(read_duration(render_duration(milliseconds{row.milliseconds})).count() ==
               row.milliseconds);
  BOOST_TEST(render_size(1536u * 1024 * 1024) == "1536MiB");
  BOOST_TEST(render_size(100) == "100B");
  BOOST_TEST(render_duration(milliseconds{86'400'000}) == "1d");
  BOOST_TEST(render_duration(milliseconds{90'000}) == "90s");
}

BOOST_AUTO_TEST_SUITE_END()
