// Digests and manifests: what each blob and each push pays for.
#include "domain/digest.hpp"
#include "domain/manifest.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>
#include <vector>

using namespace gantry;

namespace {

void hash_bytes(benchmark::State& state) {
  const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(digest::of(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash_bytes)->Arg(1 << 10)->Arg(64 << 10)->Arg(1 << 20);

void hash_in_pieces(benchmark::State& state) {
  const std::vector<std::byte> piece(256 * 1024);
  for (auto _ : state) {
    hasher running{digest_algorithm::sha256};
    for (int i = 0; i < 4; ++i)
      running.update(piece);
    benchmark::DoNotOptimize(running.peek());
  }
  state.SetBytesProcessed(state.iterations() * 4 * static_cast<std::int64_t>(piece.size()));
}
BENCHMARK(hash_in_pieces);

void parse_digest(benchmark::State& state) {
  const auto text = digest::of("x").to_string();
  for (auto _ : state)
    benchmark::DoNotOptimize(digest::parse(text));
}
BENCHMARK(parse_digest);

void write_digest(benchmark::State& state) {
  const auto id = digest::of("x");
  std::string text;
  for (auto _ : state) {
    text.clear();
    id.append_to(text);
    benchmark::DoNotOptimize(text);
  }
}
BENCHMARK(write_digest);

void parse_manifest(benchmark::State& state) {
  const auto descriptor = [](std::string_view type, std::string_view of) {
    return R"({"mediaType":"application/vnd.oci.image.)" + std::string{type} +
           R"(","size":1,"digest":")" + digest::of(of).to_string() + R"("})";
  };
  auto text = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
              R"("config":)" +
              descriptor("config.v1+json", "config") + R"(,"layers":[)";
  for (std::int64_t layer = 0; layer < state.range(0); ++layer)
    text += (layer ? "," : "") + descriptor("layer.v1.tar+gzip", std::to_string(layer));
  text += "]}";
  for (auto _ : state) {
    auto parsed = manifest::parse(text, std::nullopt);
    if (!parsed)
      state.SkipWithError("the manifest is refused");
    benchmark::DoNotOptimize(parsed);
  }
}
BENCHMARK(parse_manifest)->Arg(1)->Arg(10)->Arg(100);

} // namespace
