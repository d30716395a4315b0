// The text that Prometheus reads.
#include "telemetry/exposition.hpp"

#include "telemetry/process_metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace gantry::telemetry;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string without_comments(const std::string& text) {
  std::string samples;
  for (const auto& line : lines_of(text))
    if (!line.starts_with('#'))
      samples += line + "\n";
  return samples;
}

} // namespace

BOOST_AUTO_TEST_SUITE(exposition)

BOOST_AUTO_TEST_CASE(a_metric_has_its_help_and_its_type_once) {
  gantry::telemetry::exposition out;
  out.add(metric::gantry_budget_used_bytes, 1, {"uploads"});
  out.add(metric::gantry_budget_used_bytes, 2, {"parsing"});
  BOOST_TEST(out.take() == "# HELP gantry_budget_used_bytes bytes in transit that are held\n"
                           "# TYPE gantry_budget_used_bytes gauge\n"
                           "gantry_budget_used_bytes{share=\"uploads\"} 1\n"
                           "gantry_budget_used_bytes{share=\"parsing\"} 2\n");
}

BOOST_AUTO_TEST_CASE(a_sample_without_labels_has_no_braces) {
  gantry::telemetry::exposition out;
  out.add(metric::gantry_connections, 12'345'678'901);
  BOOST_TEST(without_comments(out.take()) == "gantry_connections 12345678901\n");
}

BOOST_AUTO_TEST_CASE(a_value_of_a_label_cannot_forge_a_line) {
  gantry::telemetry::exposition out;
  out.add(metric::gantry_build_info, 1, {"a\"b\\c\nd"});
  BOOST_TEST(without_comments(out.take()) == "gantry_build_info{version=\"a\\\"b\\\\c\\nd\"} 1\n");
}

BOOST_AUTO_TEST_CASE(the_buckets_of_a_histogram_add_up) {
  histogram seen;
  for (const std::uint64_t bytes : {1024, 1025, 2048, 1'000'000})
    seen.observe(bytes, size_buckets);
  gantry::telemetry::exposition out;
  out.add(metric::registry_storage_blob_upload_bytes, seen.counts());
  const auto lines = lines_of(without_comments(out.take()));
  BOOST_TEST_REQUIRE(lines.size() == 25u);
  BOOST_TEST(lines[0] == R"(registry_storage_blob_upload_bytes_bucket{le="1024"} 1)");
  BOOST_TEST(lines[1] == R"(registry_storage_blob_upload_bytes_bucket{le="2048"} 3)");
  BOOST_TEST(lines[9] == R"(registry_storage_blob_upload_bytes_bucket{le="524288"} 3)");
  BOOST_TEST(lines[10] == R"(registry_storage_blob_upload_bytes_bucket{le="1048576"} 4)");
  BOOST_TEST(lines[22] == R"(registry_storage_blob_upload_bytes_bucket{le="+Inf"} 4)");
  BOOST_TEST(lines[23] == "registry_storage_blob_upload_bytes_sum 1004097");
  BOOST_TEST(lines[24] == "registry_storage_blob_upload_bytes_count 4");
}

BOOST_AUTO_TEST_CASE(durations_are_in_seconds) {
  histogram seen;
  seen.observe(1'500, duration_buckets);
  gantry::telemetry::exposition out;
  out.add(metric::registry_http_request_duration_seconds, seen.counts(), {"base", "get"});
  const auto text = out.take();
  for (const auto* part : {R"({handler="base",method="get",le="0.0001"} 0)",
                           R"({handler="base",method="get",le="0.0025"} 1)",
                           R"(_sum{handler="base",method="get"} 0.0015)"})
    BOOST_TEST(text.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_all_bounds_is_counted) {
  histogram seen;
  seen.observe(~std::uint64_t{0} / 2, size_buckets);
  BOOST_TEST(seen.counts().total() == 1u);
}

BOOST_AUTO_TEST_CASE(each_row_has_a_name_of_its_own_and_a_help) {
  std::set<std::string_view> names;
  for (const auto& row : metrics()) {
    BOOST_TEST(names.insert(row.name).second, row.name);
    BOOST_TEST(!row.help.empty(), row.name);
    BOOST_TEST((row.type == metric_type::histogram) == !row.holds.bounds.empty(), row.name);
    BOOST_TEST(row.holds.bounds.size() < histogram_counts::most_buckets, row.name);
    // Distribution's name for a gauge.
    const bool is_odd = row.name == "registry_notifications_pending_total";
    BOOST_TEST(row.name.ends_with("_total") == (is_odd || row.type == metric_type::counter),
               row.name);
    for (const auto* forbidden : {"repository", "user", "path", "digest", "remote"})
      BOOST_TEST(row.labels.find(forbidden) == std::string_view::npos, row.name);
  }
}

BOOST_AUTO_TEST_CASE(an_entry_of_the_enumeration_is_the_row_of_its_name) {
  BOOST_TEST(row_of(metric::gantry_actor_queue).name == "gantry_actor_queue");
  BOOST_TEST(row_of(metric::gantry_ready).name == "gantry_ready");
  BOOST_TEST(row_of(metric::process_open_fds).name == "process_open_fds");
  BOOST_TEST(row_of(metric::registry_gc_runs_total).name == "registry_gc_runs_total");
  BOOST_TEST(row_of(metric::registry_storage_blob_upload_bytes).name ==
             "registry_storage_blob_upload_bytes");
}

BOOST_AUTO_TEST_CASE(the_process_describes_itself) {
  gantry::telemetry::exposition out;
  add_process_metrics(out);
  const auto text = without_comments(out.take());
  for (const auto* name : {"process_cpu_seconds_total ", "process_open_fds ", "process_max_fds ",
                           "process_resident_memory_bytes ", "process_start_time_seconds "})
    BOOST_TEST(text.find(name) != std::string::npos, name);
}

BOOST_AUTO_TEST_SUITE_END()
