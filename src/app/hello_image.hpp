// The image in a fresh registry: a tiny program that prints a greeting and exits.
#pragma once

#include <string>

namespace gantry::app {

/// Docker schema 2, linux/amd64, the same bytes on every machine.
struct hello_image {
  /// A gzip-compressed tar.
  std::string layer;
  std::string config;
  std::string manifest;
};

hello_image make_hello_image();

} // namespace gantry::app
