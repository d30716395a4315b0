#include "app/heap.hpp"

#include "base/sanitizers.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace gantry::app {

namespace {

/// The size and alignment of a thread's heap in the C library, which adds another one when it is
/// full.
constexpr std::uintptr_t heap_size = 64 << 20;
/// An idle thread's memory stays in small pages.
constexpr std::uintptr_t huge_page = 2 << 20;
/// Allocations of this size, including overhead, get their own mappings.
constexpr std::size_t mapped_from = 1 << 20;
constexpr std::size_t largest_overhead = 32;

std::atomic<bool> enabled = false;

/// One bit per possible heap address in 2^47 bytes; only few of its pages are ever touched.
class heap_set {
public:
  bool has(std::uintptr_t heap) const noexcept {
    return (words_[word(heap)].load(std::memory_order_relaxed) & bit(heap)) != 0;
  }
  void add(std::uintptr_t heap) noexcept {
    words_[word(heap)].fetch_or(bit(heap), std::memory_order_relaxed);
  }

private:
  static constexpr std::size_t places = std::size_t{1} << 21;

  static std::size_t word(std::uintptr_t heap) noexcept { return heap / heap_size % places / 64; }
  static std::uint64_t bit(std::uintptr_t heap) noexcept {
    return std::uint64_t{1} << (heap / heap_size % 64);
  }

  std::array<std::atomic<std::uint64_t>, places / 64> words_{};
};

heap_set known;

/// Harmless without huge pages or with another allocator, because it is only advice.
void advise(std::uintptr_t heap) noexcept {
  const int before = errno;
  ::madvise(reinterpret_cast<void*>(heap + huge_page), heap_size - huge_page, MADV_HUGEPAGE);
  errno = before;
}

[[maybe_unused]] void notice(const void* memory, std::size_t bytes) noexcept {
  const auto heap = reinterpret_cast<std::uintptr_t>(memory) & ~(heap_size - 1);
  if (known.has(heap))
    return;
  // Skip the main thread's heap, which the system places below everything else.
  if (bytes + largest_overhead >= mapped_from || memory < ::sbrk(0))
    return;
  known.add(heap);
  advise(heap);
}

} // namespace

void grow_heap_in_huge_pages() noexcept {
  ::mallopt(M_TOP_PAD, static_cast<int>(heap_size)); // else it unprotects page by page
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(2 * heap_size));
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(mapped_from));
  enabled = true;
}

} // namespace gantry::app

// The C library does not report new heaps, and a page becomes huge only if the advice precedes its
// first use. So every allocation of the program is checked here, except under sanitizers, which
// have their own allocator. No new_handler is used.
#ifndef GANTRY_SANITIZED

void* operator new(std::size_t bytes) {
  void* const memory = std::malloc(bytes != 0 ? bytes : 1);
  if (!memory)
    throw std::bad_alloc{};
  if (gantry::app::enabled.load(std::memory_order_relaxed))
    gantry::app::notice(memory, bytes);
  return memory;
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

#endif
