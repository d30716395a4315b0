#include "bench/page/page.hpp"

#include "base/text.hpp"
#include "bench/page/chapter_plots.hpp"

#include <boost/json/serialize.hpp>

namespace json = boost::json;

namespace gantry::bench {

namespace {

constexpr const char* style = R"(
:root { color-scheme: light dark; --back: #fff; --text: #222; --faint: #ccc;
  --c0: #1f6fb4; --c1: #c4501b; --c2: #2e8540; --c3: #8a4fbf; --c4: #b3261e; --c5: #6b4f3a;
  --c6: #c23b8f; --c7: #50757f; }
@media (prefers-color-scheme: dark) {
  :root { --back: #181a1b; --text: #ddd; --faint: #444;
    --c0: #6fb3ee; --c1: #f0945f; --c2: #6fca84; --c3: #c39bf0; --c4: #f28b82; --c5: #c9a88e;
    --c6: #f08fca; --c7: #9cc3cd; } }
body { background: var(--back); color: var(--text); font: 15px/1.4 system-ui, sans-serif;
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: 0.15rem 0.7rem; text-align: right; border-bottom: 1px solid var(--faint);
  font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1.5rem 0; }
figcaption { font-weight: 600; }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: var(--text); }
svg line { stroke: var(--faint); }
svg polyline { fill: none; stroke-width: 1.5; stroke: currentColor; }
.legend span { margin-right: 1.2rem; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); }
.c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); }
.c6 { color: var(--c6); } .c7 { color: var(--c7); }
)";

std::string element(const char* name, const std::string& text) {
  return std::string{"<"} + name + ">" + escape_xml(text) + "</" + name + ">";
}

std::string render_table(const std::vector<std::vector<std::string>>& rows) {
  std::string html = "<table>\n";
  const char* cell = "th";
  for (const auto& row : rows) {
    html += "<tr>";
    for (const auto& text : row)
      html += element(cell, text);
    html += "</tr>\n";
    cell = "td";
  }
  return html + "</table>\n";
}

std::vector<std::vector<std::string>> option_rows(const page& what) {
  std::vector<std::vector<std::string>> rows{{"option", "value"}};
  for (const auto& [name, value] : what.options)
    rows.push_back({std::string{name},
                    value.is_string() ? std::string{value.as_string()} : json::serialize(value)});
  rows.push_back({"seed", std::to_string(what.seed)});
  return rows;
}

std::string render_chapter(const chapter& load) {
  const auto heading = load.title.empty() ? std::string{} : element("h2", load.title) + "\n";
  return heading + render_plot(throughput_plot(load)) + render_plot(latency_plot(load)) +
         render_plot(percentile_plot(load));
}

} // namespace

std::string render_page(const page& what) {
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                     "<meta name=\"viewport\" content=\"width=device-width\"/>\n";
  html += element("title", what.title) + "\n<style>" + style + "</style>\n</head>\n<body>\n";
  html += element("h1", what.title) + "\n" + render_table(what.table) + element("pre", what.notes);
  for (const auto& each : what.chapters)
    html += concat("\n", render_chapter(each));
  html += "<h2>Options</h2>\n" + render_table(option_rows(what));
  return html + "</body>\n</html>\n";
}

} // namespace gantry::bench
