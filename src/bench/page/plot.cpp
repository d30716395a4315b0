#include "bench/page/plot.hpp"

#include "base/text.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

namespace gantry::bench {

namespace {

/// The number of colour classes in a page's style sheet.
constexpr std::size_t colours = 8;

std::string place(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string line(double x1, double y1, double x2, double y2) {
  return "<line x1=\"" + place(x1) + "\" y1=\"" + place(y1) + "\" x2=\"" + place(x2) + "\" y2=\"" +
         place(y2) + "\"/>";
}

std::string label(double x, double y, const char* anchor, const std::string& text) {
  return "<text x=\"" + place(x) + "\" y=\"" + place(y) + "\" text-anchor=\"" + anchor + "\">" +
         escape_xml(text) + "</text>\n";
}

std::string grid(const plot& what) {
  std::string svg;
  for (const auto& each : what.y_ticks) {
    const auto y = what.y(each.value);
    svg += line(plot_area::left, y, plot_area::right, y);
    svg += label(plot_area::left - 6, y + 4, "end", each.label);
  }
  for (const auto& each : what.x_ticks) {
    const auto x = what.x(each.value);
    svg += line(x, plot_area::bottom, x, plot_area::bottom + 4);
    svg += label(x, plot_area::bottom + 18, "middle", each.label);
  }
  return svg;
}

std::string colour_of(std::size_t index) {
  return concat("c", std::to_string(index % colours));
}

std::string polyline(const plot& what, std::size_t index) {
  std::string points;
  for (const auto& each : what.curves[index].points)
    points +=
      concat(points.empty() ? "" : " ", place(what.x(each.x))) + "," + place(what.y(each.y));
  return "<polyline class=\"" + colour_of(index) + "\" points=\"" + points + "\"><title>" +
         escape_xml(what.curves[index].name) + "</title></polyline>\n";
}

} // namespace

std::string escape_xml(const std::string& text) {
  std::string escaped;
  for (const char c : text)
    switch (c) {
    case '&': escaped += "&amp;"; break;
    case '<': escaped += "&lt;"; break;
    case '>': escaped += "&gt;"; break;
    case '"': escaped += "&quot;"; break;
    case '\'': escaped += "&#39;"; break;
    default:
      // XML does not allow control characters, even escaped.
      escaped += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  return escaped;
}

std::string render_plot(const plot& what) {
  const auto title = escape_xml(what.title);
  std::string html = "<figure>\n<figcaption>" + title + "</figcaption>\n<svg viewBox=\"0 0 " +
                     place(plot_area::width) + " " + place(plot_area::height) +
                     "\" role=\"img\" aria-label=\"" + title + "\">\n" + grid(what);
  for (std::size_t index = 0; index < what.curves.size(); ++index)
    html += polyline(what, index);
  html += "</svg>\n<p class=\"legend\">";
  for (std::size_t index = 0; index < what.curves.size(); ++index)
    html += "<span class=\"" + colour_of(index) + "\">" + escape_xml(what.curves[index].name) +
            "</span>\n";
  return html + "</p>\n</figure>\n";
}

} // namespace gantry::bench
