#include "storage/disk/upload_record.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace gantry::storage {

namespace {

// Lines of text, then two binary parts whose lengths the lines give:
//
//   gantry-upload 2 length of everything below the checksum
//   sha256 of that, in hex
//   boot id
//   upload id
//   saved: milliseconds since 1970
//   repository
//   offset small
//   algorithm, length of the hash state, length of the inline bytes
constexpr std::string_view magic = "gantry-upload 2";
constexpr std::size_t checksum_size = 64;
/// Milliseconds that a `time_point` can express.
constexpr std::uint64_t latest = 9'000'000'000'000;

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

/// The length of the body that follows a checksum; removes the first line.
std::optional<std::uint64_t> take_length(std::string_view& text) {
  if (!text.starts_with(magic) || text.substr(magic.size(), 1) != " ")
    return std::nullopt;
  text.remove_prefix(magic.size() + 1);
  return take_number(text, '\n');
}

/// What the checksum covers; null if it does not match.
std::optional<std::string_view> take_body(std::string_view text) {
  const auto length = take_length(text);
  const auto checksum = take(text, '\n');
  if (!length || !checksum || text.size() < *length)
    return std::nullopt;
  const auto body = text.substr(0, *length);
  return *checksum == digest::of(body).hex() ? std::optional{body} : std::nullopt;
}

time_point from_number(std::uint64_t milliseconds) {
  return time_point{std::chrono::milliseconds{milliseconds}};
}

std::string to_number(time_point when) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch());
  return std::to_string(std::max<std::int64_t>(since.count(), 0));
}

} // namespace

std::string encode(const saved_upload& whose, const upload_position& at, const hasher& hash,
                   std::string_view inline_bytes, std::string_view boot_id) {
  const auto state = hash.save();
  std::string body{boot_id};
  body += '\n' + whose.id.to_string() + '\n' + to_number(whose.saved) + '\n' +
          whose.repository.to_string() + '\n' + std::to_string(at.offset) +
          (at.ended_small ? " 1\n" : " 0\n") + std::string{to_string(hash.algorithm())} + ' ' +
          std::to_string(state.size()) + ' ' + std::to_string(inline_bytes.size()) + '\n';
  body += state;
  body += inline_bytes;
  return std::string{magic} + ' ' + std::to_string(body.size()) + '\n' + digest::of(body).hex() +
         '\n' + body;
}

std::size_t length_of_record(std::string_view beginning) noexcept {
  auto rest = beginning;
  const auto body = take_length(rest);
  return body ? beginning.size() - rest.size() + checksum_size + 1 + *body : 0;
}

std::optional<upload_record> decode_record(std::string_view text, std::string_view boot_id) {
  auto body = take_body(text);
  if (!body)
    return std::nullopt;
  const auto boot = take(*body, '\n');
  const auto id_text = take(*body, '\n');
  const auto saved = take_number(*body, '\n');
  const auto name = take(*body, '\n');
  const auto offset = take_number(*body, ' ');
  const auto small = take(*body, '\n');
  const auto algorithm_name = take(*body, ' ');
  const auto hash_size = take_number(*body, ' ');
  const auto inline_size = take_number(*body, '\n');
  if (!boot || !id_text || !saved || !name || !offset || !small || !algorithm_name || !hash_size ||
      !inline_size || *saved > latest || body->size() != *hash_size + *inline_size)
    return std::nullopt;
  const auto id = upload_id::parse(*id_text);
  auto repository = repository_name::parse(*name);
  const auto algorithm = parse_algorithm(*algorithm_name);
  if (!id || !repository || !algorithm)
    return std::nullopt;
  const upload_position position{*offset, *small == "1"};
  auto hash = hasher::restore(body->substr(0, *hash_size));
  return upload_record{{*id, std::move(*repository), from_number(*saved)},
                       position,
                       *algorithm,
                       hash ? std::optional{std::move(*hash)} : std::nullopt,
                       std::string{body->substr(*hash_size)},
                       boot->empty() || *boot != boot_id};
}

} // namespace gantry::storage
