#include "bench/report.hpp"

#include "bench/live_line.hpp"
#include "bench/table.hpp"
#include "support/has.hpp"
#include "support/print.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>

namespace bench = gantry::bench;
namespace json = boost::json;
using bench::operation;
using gantry::test::has;
using std::chrono::microseconds;
using namespace std::chrono_literals;

namespace {

/// Ten images of a mebibyte in two seconds, `slowness` milliseconds each, and an error.
bench::report sample_report(int slowness = 1) {
  bench::report figures;
  figures.workload = "push";
  figures.options["connections"] = 8;
  figures.seed = 42;
  figures.load.measured = 2s;
  for (int i = 0; i < 10; ++i) {
    figures.load.figures.succeeded(operation::image, microseconds{slowness * 1000});
    figures.load.figures.succeeded(operation::head_blob, microseconds{slowness * 100});
    figures.load.figures.moved(1024 * 1024);
  }
  figures.load.figures.failed(operation::put_manifest, "status_503");
  return figures;
}

struct shown_time {
  std::int64_t us;
  const char* text;
};

std::ostream& operator<<(std::ostream& out, const shown_time& time) {
  return out << time.us;
}

const shown_time times[] = {
  {0, "0 µs"},           {999, "999 µs"},           {1000, "1.00 ms"},  {9994, "9.99 ms"},
  {9996, "10.0 ms"},     {99'940, "99.9 ms"},       {99'960, "100 ms"}, {999'000, "999 ms"},
  {1'000'000, "1.00 s"}, {3'600'000'000, "3600 s"},
};

const char* const no_reports[] = {
  "",
  "[]",
  "{}",
  "not JSON",
  R"({"format":"gantry-bench-1"})",
  R"({"format":"other","operations":{}})",
  R"({"format":"gantry-bench-1","operations":[]})",
};

} // namespace

BOOST_AUTO_TEST_SUITE(report)

BOOST_DATA_TEST_CASE(a_time_has_three_digits_and_a_unit, times) {
  BOOST_TEST(bench::render_time(microseconds{sample.us}) == sample.text);
}

BOOST_AUTO_TEST_CASE(columns_are_aligned_by_characters) {
  BOOST_TEST(bench::render_columns({{"a", "µs"}, {"long", "1"}}) == "a     µs\nlong   1\n");
}

BOOST_AUTO_TEST_CASE(the_table_shows_what_happened_and_nothing_else) {
  const auto table = bench::render_table(sample_report());
  BOOST_TEST(has(table, "operation"));
  BOOST_TEST(has(table, "HEAD blob        10    5.0   100 µs"), table);
  BOOST_TEST(has(table, "PUT manifest      0    0.0        -"), table);
  BOOST_TEST(has(table, "PUT manifest: status_503 × 1\n"), table);
  BOOST_TEST(has(table, "5.0 images/s, 5.00 MiB/s in 2.00 s"), table);
  BOOST_TEST(!has(table, "GET blob"), table);
  BOOST_TEST(!has(table, "interrupted"), table);
}

BOOST_AUTO_TEST_CASE(an_interrupted_load_says_so) {
  auto figures = sample_report();
  figures.load.interrupted = true;
  figures.load.missed = 3;
  BOOST_TEST(has(bench::render_table(figures), "interrupted: a partial result"));
  BOOST_TEST(has(bench::render_table(figures), "3 images were due"));
  BOOST_TEST(!bench::to_json(figures).at("complete").as_bool());
}

BOOST_AUTO_TEST_CASE(the_json_has_options_seed_percentiles_and_errors) {
  const auto made = bench::to_json(sample_report());
  BOOST_TEST(made.at("options").at("connections").as_int64() == 8);
  BOOST_TEST(made.at("seed").to_number<int>() == 42);
  BOOST_TEST(made.at("images_per_second").as_double() == 5.0);
  BOOST_TEST(made.at("mib_per_second").as_double() == 5.0);
  BOOST_TEST(made.at("errors").to_number<int>() == 1);
  const auto& operations = made.at("operations").as_object();
  BOOST_TEST(operations.size() == 3u);
  const auto& latency = operations.at("HEAD blob").at("latency_us");
  for (const auto* name : {"mean", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "max"})
    BOOST_TEST(latency.at(name).to_number<double>() == 100.0, name);
  const auto& errors = operations.at("PUT manifest").at("errors");
  BOOST_TEST(errors.at("status_503").to_number<int>() == 1);
}

BOOST_AUTO_TEST_CASE(the_json_has_a_series) {
  auto figures = sample_report();
  figures.load.moments.push_back(
    {2s, 500ms, 5, 1, microseconds{100}, microseconds{300}, microseconds{400}});
  const auto made = bench::to_json(figures);
  const auto& entry = made.at("series").as_array().at(0);
  BOOST_TEST(entry.at("seconds").to_number<double>() == 2.0);
  BOOST_TEST(entry.at("count").to_number<int>() == 5);
  BOOST_TEST(entry.at("failed").to_number<int>() == 1);
  BOOST_TEST(entry.at("per_second").to_number<double>() == 10.0);
  BOOST_TEST(entry.at("p50").to_number<int>() == 100);
  BOOST_TEST(entry.at("p99").to_number<int>() == 300);
  BOOST_TEST(entry.at("max").to_number<int>() == 400);
}

BOOST_AUTO_TEST_CASE(an_empty_measurement_does_not_divide_by_zero) {
  bench::report figures;
  BOOST_TEST(has(bench::render_table(figures), "0.0 images/s"));
  BOOST_TEST(bench::to_json(figures).at("images_per_second").as_double() == 0.0);
}

BOOST_AUTO_TEST_CASE(a_comparison_shows_both_and_the_ratio) {
  const auto base = json::serialize(bench::to_json(sample_report(1)));
  const auto other = json::serialize(bench::to_json(sample_report(3)));
  const auto compared = bench::compare_reports(base, other).value();
  BOOST_TEST(has(compared, "images/s               5.00  5.00  1.00\n"), compared);
  BOOST_TEST(has(compared, "image, p50 (µs)        1000  3000  3.00\n"), compared);
  BOOST_TEST(has(compared, "HEAD blob, p99 (µs)     100   300  3.00\n"), compared);
  BOOST_TEST(!has(compared, "PUT manifest"), compared);
}

BOOST_DATA_TEST_CASE(files_that_are_not_reports_are_not_compared, no_reports) {
  const auto good = json::serialize(bench::to_json(sample_report()));
  BOOST_TEST(!bench::compare_reports(sample, good).has_value());
  BOOST_TEST(!bench::compare_reports(good, sample).has_value());
}

BOOST_AUTO_TEST_CASE(the_live_line_shows_rate_and_latency) {
  bench::progress made;
  made.elapsed = 12s;
  made.span = 1s;
  made.failed = 2;
  for (int i = 0; i < 50; ++i)
    made.images.record(microseconds{1500});
  BOOST_TEST(bench::render_live("push", "image", made) ==
             "push   12 s  50.0 images/s  p50 1.50 ms  p99 1.50 ms  2 failed");
}

BOOST_AUTO_TEST_CASE(the_live_line_says_that_it_warms_up) {
  bench::progress made;
  made.elapsed = -3s;
  BOOST_TEST(bench::render_live("pull", "image", made) == "pull  warming up, 3 s to go");
}

BOOST_AUTO_TEST_SUITE_END()
