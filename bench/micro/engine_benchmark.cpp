// What engines take for the operations of pushes and pulls. `disk` is 0 for the memory engine, 1
// for the one with a folder, which answers a write when it is on the disk.
#include "domain/digest.hpp"
#include "domain/manifest.hpp"
#include "storage/api/answer_of.hpp"
#include "storage/api/engine.hpp"
#include "storage/disk/engine.hpp"
#include "storage/memory/engine.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace gantry;

namespace {

/// An empty engine; a folder of its own goes with it.
class subject {
public:
  explicit subject(bool disk) {
    if (!disk) {
      engine = storage::make_memory_engine({});
      return;
    }
    std::string made = std::filesystem::temp_directory_path() / "micro-XXXXXX";
    if (!::mkdtemp(made.data()))
      throw std::runtime_error{"no temporary folder"};
    folder_ = made;
    engine = storage::open_disk_engine({.folder = folder_ / "data"});
  }
  subject(const subject&) = delete;
  subject& operator=(const subject&) = delete;
  ~subject() {
    engine.reset();
    if (!folder_.empty())
      std::filesystem::remove_all(folder_);
  }

  /// A blob of this content, linked to nothing.
  blob_ptr push(std::span<const std::byte> bytes) {
    auto sink =
      answer_of(engine->uploads(), &upload_engine::open_sink, upload_id::generate()).value();
    answer_of(*sink, &blob_sink::append, bytes).value();
    return answer_of(engine->blobs(), &blob_engine::publish, std::move(sink), digest::of(bytes),
                     std::chrono::system_clock::now() + std::chrono::hours{1})
      .value();
  }

  std::unique_ptr<storage_engine> engine;

private:
  std::filesystem::path folder_;
};

/// Other bytes each time. The memory of what is pushed comes with them: nothing is given back.
void push_blob(benchmark::State& state) {
  subject tested{state.range(0) != 0};
  std::string bytes(static_cast<std::size_t>(state.range(1)), 'x');
  std::uint64_t number = 0;
  for (auto _ : state) {
    const auto text = std::to_string(++number);
    bytes.replace(0, text.size(), text);
    benchmark::DoNotOptimize(tested.push(std::as_bytes(std::span{bytes})));
  }
  state.SetBytesProcessed(state.iterations() * state.range(1));
}
BENCHMARK(push_blob)
  ->ArgNames({"disk", "bytes"})
  ->ArgsProduct({{0, 1}, {1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20}})
  ->UseRealTime();

manifest_ptr make_manifest(int number) {
  return std::make_shared<const manifest>(
    manifest::parse(R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
                    R"("manifests":[],"annotations":{"number":")" +
                      std::to_string(number) + R"("}})",
                    std::nullopt)
      .value());
}

/// Stores the manifests from `first` on, and waits for all of them: a sync of the disk carries
/// many.
void put_manifests(repository_store& store, int first, int count = 1) {
  std::vector<std::promise<result<void>>> answers(static_cast<std::size_t>(count));
  for (auto number = first; auto& answer : answers) {
    const auto name = tag::parse("t" + std::to_string(number)).value();
    store.put_manifest({.value = make_manifest(number++), .tags = {name}},
                       [&answer](const result<missing_references>& stored) {
                         answer.set_value(stored ? result<void>{} : result<void>{stored.error()});
                       });
  }
  for (auto& answer : answers)
    answer.get_future().get().value();
}

void put_manifest(benchmark::State& state) {
  subject tested{state.range(0) != 0};
  const auto store = tested.engine->metadata().open(repository_name::parse("a/b").value());
  int number = 0;
  for (auto _ : state)
    put_manifests(*store, ++number);
}
BENCHMARK(put_manifest)->ArgName("disk")->Arg(0)->Arg(1)->UseRealTime();

constexpr int stored_tags = 1000;

void find_manifest(benchmark::State& state) {
  subject tested{state.range(0) != 0};
  const auto store = tested.engine->metadata().open(repository_name::parse("a/b").value());
  put_manifests(*store, 0, stored_tags);
  const reference name = tag::parse("t500").value();
  for (auto _ : state)
    store->find_manifest(
      name, [](result<manifest_ptr> found) { benchmark::DoNotOptimize(found.value()); });
}
BENCHMARK(find_manifest)->ArgName("disk")->Arg(0)->Arg(1);

void list_a_page_of_tags(benchmark::State& state) {
  subject tested{state.range(0) != 0};
  const auto store = tested.engine->metadata().open(repository_name::parse("a/b").value());
  put_manifests(*store, 0, stored_tags);
  for (auto _ : state)
    store->list_tags({.limit = 100, .last = "t4"},
                     [](result<page<tag>> listed) { benchmark::DoNotOptimize(listed.value()); });
}
BENCHMARK(list_a_page_of_tags)->ArgName("disk")->Arg(0)->Arg(1);

} // namespace
