// The image that a fresh registry offers: a program of a few bytes that greets and exits.
#pragma once

#include <string>

namespace gantry::app {

/// Docker schema 2, linux/amd64, the same bytes on every machine.
struct hello_image {
  /// A tar in a gzip.
  std::string layer;
  std::string config;
  std::string manifest;
};

hello_image make_hello_image();

} // namespace gantry::app
