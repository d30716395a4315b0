#include "bench/workloads/zb_content.hpp"

namespace gantry::bench {

void zb_content::provide(const zb_test& test) {
  for (std::size_t size = 0; size < images_.size(); ++size) {
    if (test.shares[size] == 0 || images_[size])
      continue;
    image_settings settings;
    settings.layer_size = layer_sizes{zb_sizes[size]};
    settings.repositories = 1;
    settings.seed = seed_;
    images_[size] = std::make_unique<sized>(settings);
  }
}

image zb_content::make(const zb_test& test, char phase, std::uint64_t number,
                       std::size_t size) const {
  const auto index = &test - zb_tests().data();
  auto copy = images_[size]->made;
  copy.repository =
    repository_named(seed_, "zb" + std::to_string(index) + phase + std::to_string(number));
  copy.tag = "tag" + std::to_string(number);
  return copy;
}

} // namespace gantry::bench
