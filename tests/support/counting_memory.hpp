// Measures memory use.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory_resource>

namespace gantry::test {

/// Counts the allocated bytes, and their maximum.
class counting_memory final : public std::pmr::memory_resource {
public:
  std::size_t now() const noexcept { return now_; }
  std::size_t peak() const noexcept { return peak_; }

private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    now_ += bytes;
    peak_ = std::max(peak_, now_);
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }

  void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
    now_ -= bytes;
    std::pmr::new_delete_resource()->deallocate(memory, bytes, alignment);
  }

  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::size_t now_ = 0;
  std::size_t peak_ = 0;
};

} // namespace gantry::test
