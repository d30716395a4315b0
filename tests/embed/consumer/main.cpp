// Starts a registry with what a consumer of the library has: C++17 and its headers.
#include <gantry/registry.hpp>

#include <cstdio>

#if __cplusplus != 201703L
#error "the consumer's own standard is C++17"
#endif
#if defined(BOOST_ASIO_SEPARATE_COMPILATION) || __has_include("app/registry.hpp")
#error "the inside of the library is visible"
#endif

int main() {
  gantry::options chosen;
  chosen.seed = "false";
  gantry::registry registry{chosen};
  registry.start();
  const auto digest = registry.push({"team/app", "1.0", {"the bytes of a layer"}});
  const auto tags = registry.tags("team/app");
  registry.fail(gantry::fault{}.on("get_manifest").in("team/*").answering(503).at_most(1));
  if (registry.faults().size() != 1 || registry.count(gantry::request_filter{}.on("base")) != 0)
    return 1;
  std::printf("%s has %s\n", registry.url().c_str(), digest.c_str());
  return tags.size() == 1 && tags.front() == "1.0" ? 0 : 1;
}
