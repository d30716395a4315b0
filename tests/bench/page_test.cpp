#include "bench/page/plot.hpp"
#include "bench/page/report_page.hpp"
#include "support/has.hpp"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace bench = gantry::bench;
namespace pt = boost::property_tree;
using bench::operation;
using gantry::test::has;
using std::chrono::microseconds;
using namespace std::chrono_literals;

namespace {

bench::moment second(int number, std::uint64_t count, std::chrono::milliseconds p50,
                     std::chrono::milliseconds p99) {
  return {std::chrono::seconds{number}, 1s, count, 0, p50, p99, p99};
}

/// Three seconds; nothing ended in the second one.
bench::report sample() {
  bench::report figures;
  figures.workload = "push";
  figures.options["url"] = "http://h/<script>alert('&')</script>\"";
  figures.options["connections"] = 8;
  figures.seed = 42;
  figures.load.measured = 3s;
  figures.load.moments = {second(1, 50, 1ms, 10ms), second(2, 0, 0ms, 0ms),
                          second(3, 100, 1ms, 100ms)};
  for (int i = 0; i < 150; ++i) {
    figures.load.figures.succeeded(operation::image, microseconds{1000});
    figures.load.figures.succeeded(operation::head_blob, microseconds{100});
  }
  figures.load.figures.failed(operation::put_manifest, "<status>");
  return figures;
}

pt::ptree parse(const std::string& html) {
  std::istringstream in{html};
  pt::ptree tree;
  pt::read_xml(in, tree);
  return tree;
}

/// All elements with this name, in order.
void collect(const pt::ptree& tree, const std::string& name, std::vector<pt::ptree>& found) {
  for (const auto& [key, child] : tree) {
    if (key == name)
      found.push_back(child);
    collect(child, name, found);
  }
}

std::vector<pt::ptree> all(const std::string& html, const std::string& name) {
  std::vector<pt::ptree> found;
  collect(parse(html), name, found);
  return found;
}

std::string points_of(const pt::ptree& polyline) {
  return polyline.get<std::string>("<xmlattr>.points");
}

} // namespace

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(it_is_well_formed_and_has_all_its_parts) {
  const auto html = bench::render_page(bench::page_of(sample()));
  const auto tree = parse(html);
  BOOST_TEST(tree.get<std::string>("html.head.title") == "gantry bench push");
  BOOST_TEST(tree.get<std::string>("html.body.h1") == "gantry bench push");
  BOOST_TEST(all(html, "table").size() == 2u);
  BOOST_TEST(all(html, "svg").size() == 3u);
  // Throughput; p50 and p99; image and HEAD blob.
  BOOST_TEST(all(html, "polyline").size() == 5u);
  BOOST_TEST(has(html, "prefers-color-scheme: dark"));
}

BOOST_AUTO_TEST_CASE(it_refers_to_nothing_and_runs_nothing) {
  const auto html = bench::render_page(bench::page_of(sample()));
  for (const auto* word : {"<script", "src=", "href=", "@import", "url("})
    BOOST_TEST(!has(html, word), word);
}

BOOST_AUTO_TEST_CASE(hostile_text_stays_text) {
  const auto html = bench::render_page(bench::page_of(sample()));
  BOOST_TEST(has(html, "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;&quot;"));
  bool found = false;
  for (const auto& cell : all(html, "td"))
    found = found || cell.data() == "http://h/<script>alert('&')</script>\"";
  BOOST_TEST(found);
  BOOST_TEST(has(html, "PUT manifest: &lt;status&gt; × 1"));
  BOOST_TEST(bench::escape_xml(std::string{"a\0\x1b\n", 4}) == "a??\n");
}

BOOST_AUTO_TEST_CASE(throughput_is_drawn_as_steps) {
  const auto lines = all(bench::render_page(bench::page_of(sample())), "polyline");
  // 640 pixels for three seconds, 220 for a hundred images per second.
  BOOST_TEST(points_of(lines[0]) ==
             "70.0,120.0 283.3,120.0 283.3,230.0 496.7,230.0 496.7,10.0 710.0,10.0");
}

BOOST_AUTO_TEST_CASE(latencies_are_drawn_if_there_are_any) {
  const auto lines = all(bench::render_page(bench::page_of(sample())), "polyline");
  // Two decades, from a millisecond to a hundred.
  BOOST_TEST(points_of(lines[1]) == "70.0,230.0 283.3,230.0 496.7,230.0 710.0,230.0");
  BOOST_TEST(points_of(lines[2]) == "70.0,120.0 283.3,120.0 496.7,10.0 710.0,10.0");
}

BOOST_AUTO_TEST_CASE(percentiles_are_drawn_on_an_axis_of_nines) {
  const auto lines = all(bench::render_page(bench::page_of(sample())), "polyline");
  const auto points = points_of(lines[3]);
  BOOST_TEST(points.starts_with("70.0,10.0 "), points);
  BOOST_TEST(points.ends_with(" 710.0,10.0"), points);
  // p90: one nine of 0.301 … 4.
  BOOST_TEST(has(points, " 190.9,10.0 "), points);
  BOOST_TEST(points_of(lines[4]).starts_with("70.0,230.0 "));
  BOOST_TEST(lines[4].get<std::string>("title") == "HEAD blob");
}

BOOST_AUTO_TEST_CASE(nothing_measured_is_a_page_without_curves) {
  const auto html = bench::render_page(bench::page_of(bench::report{}));
  BOOST_TEST(all(html, "svg").size() == 3u);
  BOOST_TEST(!has(html, "nan"));
  BOOST_TEST(!has(html, "inf"));
}

BOOST_AUTO_TEST_SUITE_END()
