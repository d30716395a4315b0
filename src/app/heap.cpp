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

/// The C library takes so much for a thread, at a multiple of it, and again when that is used up.
constexpr std::uintptr_t heap_size = 64 << 20;
/// What an idle thread needs stays in small pages.
constexpr std::uintptr_t huge_page = 2 << 20;
/// Allocations from here on, with what manages them, are mappings of their own.
constexpr std::size_t mapped_from = 1 << 20;
constexpr std::size_t largest_overhead = 32;

std::atomic<bool> enabled = false;

/// A bit for each place that a heap may have in 2^47 bytes; hardly any of its pages is ever
/// touched.
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

/// The advice is only that: without huge pages, or with another allocator, it does no harm.
void advise(std::uintptr_t heap) noexcept {
  const int before = errno;
  ::madvise(reinterpret_cast<void*>(heap + huge_page), heap_size - huge_page, MADV_HUGEPAGE);
  errno = before;
}

[[maybe_unused]] void notice(const void* memory, std::size_t bytes) noexcept {
  const auto heap = reinterpret_cast<std::uintptr_t>(memory) & ~(heap_size - 1);
  if (known.has(heap))
    return;
  // The heap of the main thread, which the system keeps below all else, is not one of those.
  if (bytes + largest_overhead >= mapped_from || memory < ::sbrk(0))
    return;
  known.add(heap);
  advise(heap);
}

} // namespace

void grow_heap_in_huge_pages() noexcept {
  ::mallopt(M_TOP_PAD, static_cast<int>(heap_size)); // or it makes one page writable at a time
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(2 * heap_size));
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(mapped_from));
  enabled = true;
}

} // namespace gantry::app

// The C library tells nobody that it has taken a heap, and a page is huge only if the advice comes
// before it is first touched. So each allocation looks, from this file on for the whole program,
// but for sanitizers, which have an allocator of their own. Nobody sets a new_handler.
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
