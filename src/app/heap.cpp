#include "app/heap.hpp"

#include <array>
#include <atomic>
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
/// Allocations from here on are mappings of their own.
constexpr std::size_t mapped_from = 1 << 20;

std::atomic<bool> enabled = false;
/// The heaps that are known, each in the place of its address. Two that want the same place only
/// cost calls.
std::array<std::atomic<std::uintptr_t>, 256> known{};

/// The advice is only that: without huge pages, or with another allocator, it does no harm.
void advise(std::uintptr_t heap) noexcept {
  ::madvise(reinterpret_cast<void*>(heap + huge_page), heap_size - huge_page, MADV_HUGEPAGE);
}

void notice(const void* memory, std::size_t bytes) noexcept {
  const auto heap = reinterpret_cast<std::uintptr_t>(memory) & ~(heap_size - 1);
  auto& place = known[heap / heap_size % known.size()];
  if (place.load(std::memory_order_relaxed) == heap)
    return;
  // The heap of the main thread, which the system keeps below all else, is not one of those.
  if (bytes >= mapped_from || memory < ::sbrk(0))
    return;
  place.store(heap, std::memory_order_relaxed);
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
// before it is first touched. So each allocation looks, from this file on for the whole program.

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
