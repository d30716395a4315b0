#include "storage/disk/upload_record.hpp"

#include "storage/disk/files.hpp"

#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>

namespace gantry::storage {

namespace {

// Lines of text, then two binary parts whose lengths the lines give:
//
//   gantry-upload 1
//   sha256 of everything below, in hex
//   boot id
//   repository
//   offset - - small            (the dashes: a range that is no longer used)
//   algorithm, length of the hash state, length of the inline bytes
constexpr std::string_view magic = "gantry-upload 1";

/// Removes the part up to `end` from `text`; null if `end` is absent.
std::optional<std::string_view> take(std::string_view& text, char end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos)
    return std::nullopt;
  const auto part = text.substr(0, at);
  text.remove_prefix(at + 1);
  return part;
}

std::optional<std::uint64_t> take_number(std::string_view& text, char end) {
  const auto part = take(text, end);
  std::uint64_t value = 0;
  if (!part || std::from_chars(part->data(), part->data() + part->size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

} // namespace

std::string encode(const repository_name& repository, const upload_position& at, const hasher& hash,
                   std::string_view inline_bytes, std::string_view boot_id) {
  const auto state = hash.save();
  std::string body{boot_id};
  body += '\n' + repository.to_string() + '\n' + std::to_string(at.offset) +
          (at.ended_small ? " - - 1\n" : " - - 0\n") + std::string{to_string(hash.algorithm())} +
          ' ' + std::to_string(state.size()) + ' ' + std::to_string(inline_bytes.size()) + '\n';
  body += state;
  body += inline_bytes;
  return std::string{magic} + '\n' + digest::of(body).hex() + '\n' + body;
}

std::optional<repository_name> repository_of_record(std::string_view beginning) {
  const bool is_ours = take(beginning, '\n') == magic;
  const auto checksum = take(beginning, '\n');
  const auto boot = take(beginning, '\n');
  const auto name = take(beginning, '\n');
  if (!is_ours || !checksum || !boot || !name)
    return std::nullopt;
  auto repository = repository_name::parse(*name);
  return repository ? std::optional{std::move(*repository)} : std::nullopt;
}

result<std::optional<repository_name>> read_repository(folder_view folder,
                                                       const std::string& name) {
  const auto record = open_for_reading(folder, name);
  if (!record)
    return record.error();
  std::string beginning(1024, '\0');
  const auto n =
    *record ? (**record).read(std::as_writable_bytes(std::span{beginning}), 0) : std::size_t{0};
  if (!n)
    return n.error();
  return repository_of_record(std::string_view{beginning}.substr(0, *n));
}

std::optional<upload_record> decode_record(std::string_view text, std::string_view boot_id) {
  if (take(text, '\n') != magic)
    return std::nullopt;
  const auto checksum = take(text, '\n');
  if (!checksum || *checksum != digest::of(text).hex())
    return std::nullopt;
  const auto boot = take(text, '\n');
  const auto name = take(text, '\n');
  const auto offset = take_number(text, ' ');
  const auto first = take(text, ' ');
  const auto last = take(text, ' ');
  const auto small = take(text, '\n');
  const auto algorithm_name = take(text, ' ');
  const auto hash_size = take_number(text, ' ');
  const auto inline_size = take_number(text, '\n');
  if (!boot || !name || !offset || !first || !last || !small || !algorithm_name || !hash_size ||
      !inline_size || text.size() != *hash_size + *inline_size)
    return std::nullopt;
  auto repository = repository_name::parse(*name);
  const auto algorithm = parse_algorithm(*algorithm_name);
  if (!repository || !algorithm)
    return std::nullopt;
  const upload_position position{*offset, *small == "1"};
  auto hash = hasher::restore(text.substr(0, *hash_size));
  return upload_record{std::move(*repository),
                       position,
                       *algorithm,
                       hash ? std::optional{std::move(*hash)} : std::nullopt,
                       std::string{text.substr(*hash_size)},
                       boot->empty() || *boot != boot_id};
}

} // namespace gantry::storage
