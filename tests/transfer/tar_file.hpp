// Writes tar files for tests, and decompresses gzip files.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gantry::test {

/// Written entry by entry; complete once it is closed or destroyed.
class tar_file {
public:
  explicit tar_file(const std::filesystem::path& file, bool packed = false)
    : archive_{archive_write_new()} {
    archive_write_set_format_ustar(archive_);
    if (packed)
      archive_write_add_filter_gzip(archive_);
    check(archive_write_open_filename(archive_, file.c_str()));
  }
  tar_file(const tar_file&) = delete;
  tar_file& operator=(const tar_file&) = delete;
  ~tar_file() { archive_write_free(archive_); }

  tar_file& file(const std::string& path, std::string_view content) {
    add(path, AE_IFREG, content.size(), [](auto*) {});
    if (archive_write_data(archive_, content.data(), content.size()) !=
        static_cast<la_ssize_t>(content.size()))
      check(ARCHIVE_FATAL);
    return *this;
  }
  tar_file& folder(const std::string& path) {
    return add(path, AE_IFDIR, 0, [](auto*) {});
  }
  tar_file& symlink(const std::string& path, const std::string& target) {
    return add(path, AE_IFLNK, 0,
               [&](auto* entry) { archive_entry_set_symlink(entry, target.c_str()); });
  }
  tar_file& hardlink(const std::string& path, const std::string& target) {
    return add(path, AE_IFREG, 0,
               [&](auto* entry) { archive_entry_set_hardlink(entry, target.c_str()); });
  }
  void close() { check(archive_write_close(archive_)); }

private:
  template <class Change>
  tar_file& add(const std::string& path, unsigned type, std::size_t size, Change change) {
    auto* entry = archive_entry_new();
    archive_entry_set_pathname(entry, path.c_str());
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(size));
    change(entry);
    const auto status = archive_write_header(archive_, entry);
    archive_entry_free(entry);
    check(status);
    return *this;
  }

  void check(int status) {
    if (status != ARCHIVE_OK)
      throw std::runtime_error{archive_error_string(archive_)};
  }

  struct archive* archive_;
};

/// The decompressed bytes of a gzip file.
inline std::string unpack(std::string_view packed) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK)
    throw std::runtime_error{"no memory"};
  std::string all;
  char buffer[16 * 1024];
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    status = inflate(&stream, Z_NO_FLUSH);
    all.append(buffer, sizeof buffer - stream.avail_out);
  }
  const auto rest = stream.avail_in;
  inflateEnd(&stream);
  if (status != Z_STREAM_END || rest != 0)
    throw std::runtime_error{"no whole gzip file"};
  return all;
}

} // namespace gantry::test
