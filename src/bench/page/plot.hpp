// A plot of curves, as SVG.
#pragma once

#include "bench/page/scale.hpp"

#include <string>
#include <vector>

namespace gantry::bench {

struct point {
  double x = 0;
  double y = 0;
};

struct curve {
  std::string name;
  std::vector<point> points;
};

struct tick {
  double value = 0;
  std::string label;
};

/// Sizes of a plot in pixels, and of the part of it that curves are drawn in.
struct plot_area {
  static constexpr double width = 740;
  static constexpr double height = 260;
  static constexpr double left = 70;
  static constexpr double right = 710;
  static constexpr double top = 10;
  static constexpr double bottom = 230;
};

struct plot {
  std::string title;
  /// Scales lead to places in the plot area.
  scale x;
  std::vector<tick> x_ticks;
  scale y;
  std::vector<tick> y_ticks;
  std::vector<curve> curves;
};

/// A `figure` with the title, the plot and a legend; well-formed XML without scripts or references.
std::string render_plot(const plot& what);

/// Text inside of XML, in an attribute or not.
std::string escape_xml(const std::string& text);

} // namespace gantry::bench
