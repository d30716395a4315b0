#include "transfer/archive_reader.hpp"

#include "transfer/failure.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <stdexcept>

namespace gantry::transfer {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t read_size = 256 * 1024;

[[noreturn]] void fail(struct archive* source) {
  const char* reason = archive_error_string(source);
  throw std::runtime_error{reason ? reason : "it cannot be read"};
}

std::string normal(const fs::path& path) {
  const auto inside = path.relative_path().lexically_normal().generic_string();
  return inside == ".." || inside.starts_with("../") ? std::string{} : inside;
}

std::string text(const char* name) {
  return name ? name : "";
}

} // namespace

void archive_reader::closer::operator()(struct archive* doomed) const noexcept {
  archive_read_free(doomed);
}

archive_reader::archive_reader(const fs::path& file)
  : archive_{archive_read_new()}, buffer_{std::make_unique<std::byte[]>(read_size)} {
  archive_read_support_filter_gzip(archive_.get());
  archive_read_support_format_tar(archive_.get());
  if (archive_read_open_filename(archive_.get(), file.c_str(), read_size) != ARCHIVE_OK)
    fail(archive_.get());
}

std::optional<archive_entry_info> archive_reader::next() {
  for (;;) {
    struct archive_entry* entry = nullptr;
    const auto status = archive_read_next_header(archive_.get(), &entry);
    if (status == ARCHIVE_EOF)
      return std::nullopt;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      fail(archive_.get());
    const fs::path path{text(archive_entry_pathname(entry))};
    if (const auto* hard = archive_entry_hardlink(entry))
      return archive_entry_info{normal(path), normal(hard), 0};
    if (archive_entry_filetype(entry) == AE_IFLNK)
      return archive_entry_info{normal(path),
                                normal(path.parent_path() / text(archive_entry_symlink(entry))), 0};
    if (archive_entry_filetype(entry) == AE_IFREG)
      return archive_entry_info{normal(path),
                                {},
                                static_cast<std::uint64_t>(archive_entry_size(entry)),
                                archive_entry_sparse_count(entry) > 0};
  }
}

std::span<const std::byte> archive_reader::read() {
  const auto n = archive_read_data(archive_.get(), buffer_.get(), read_size);
  if (n < 0)
    fail(archive_.get());
  return {buffer_.get(), static_cast<std::size_t>(n)};
}

std::string archive_reader::read_all(std::size_t most) {
  std::string all;
  for (auto bytes = read(); !bytes.empty(); bytes = read()) {
    if (all.size() + bytes.size() > most)
      leave_out("it has more than " + std::to_string(most) + " bytes");
    all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return all;
}

std::uint64_t archive_reader::position() const {
  return static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), -1));
}

} // namespace gantry::transfer
