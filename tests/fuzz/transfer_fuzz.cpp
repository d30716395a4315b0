// Imports into a registry in memory. If the first byte is odd, the rest is an archive in the format
// of `docker save`. If it is even, parts separated by a line `%%%` are the files of an OCI image
// layout: first index.json, then blobs. In each part, `$d` stands for the digest of part d, and
// `$-d` for its size, if part d comes later.
#include "fuzz/fuzz.hpp"
#include "storage/memory/engine.hpp"
#include "support/temp_dir.hpp"
#include "transfer/docker_archive.hpp"
#include "transfer/layout_import.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace gantry;

namespace {

const test::temp_dir& folder() {
  static const test::temp_dir made;
  return made;
}

template <class Import>
void import(Import into) {
  const auto engine = storage::make_memory_engine({.limit = 64 * 1024 * 1024});
  try {
    into(*engine);
  } catch (const std::runtime_error&) {
    // The documented exceptions for a broken source.
  }
}

void import_archive(fuzz::input text) {
  const auto file = folder().write("image.tar", text.rest());
  import([&](auto& engine) { transfer::import_docker_archive(engine, file);
});
} // namespace

/// A digit names one of `parts`, which are final from `first` on.
std::string fill_in(std::string_view text, const std::vector<std::string>& parts,
                    std::size_t first) {
  std::string filled;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_size = text.substr(at).starts_with("$-");
    const auto digit = at + (is_size ? 2U : 1U);
    const auto part = digit < text.size() ? static_cast<std::size_t>(text[digit] - '0') : 10;
    if (text[at] != '$' || part < first || part >= parts.size()) {
      filled += text[at];
      continue;
    }
    filled += is_size ? std::to_string(parts[part].size()) : digest::of(parts[part]).to_string();
    at = digit;
  }
  return filled;
}

void import_layout(fuzz::input text) {
  std::vector<std::string> parts;
  do {
    parts.emplace_back(text.take_until("\n%%%\n"));
  } while (!text.rest().empty() && parts.size() < 10);
  const auto layout = folder().path() / "layout";
  std::filesystem::remove_all(layout);
  for (auto i = parts.size(); i-- > 0;) {
    parts[i] = fill_in(parts[i], parts, i + 1);
    const auto name =
      i == 0 ? std::string{"index.json"} : "blobs/sha256/" + digest::of(parts[i]).hex();
    folder().write("layout/" + name, parts[i]);
  }
  folder().write("layout/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  import([&](auto& engine) { transfer::import_layout(engine, layout);
});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  if (text.take() % 2 == 1)
    import_archive(text);
  else
    import_layout(text);
  return 0;
}
