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

/// Pixels: the size of a plot, and the edges of the part that has the curves.
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
  /// Both scales map to pixels of the plot area.
  scale x;
  std::vector<tick> x_ticks;
  scale y;
  std::vector<tick> y_ticks;
  std::vector<curve> curves;
};

/// A `figure` element with title, plot and legend: well-formed XML, without scripts or references.
std::string render_plot(const plot& what);

/// Escapes text for XML, in an attribute or outside of it.
std::string escape_xml(const std::string& text);

} // namespace gantry::bench
