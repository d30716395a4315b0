// UUIDs of uploads.
#include "domain/upload_id.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "domain/digest.hpp"

#include <algorithm>
#include <cstring>

namespace gantry {

namespace {

constexpr std::size_t text_length = 36;

/// Whether the canonical text has a dash before byte `index`.
constexpr bool dash_before(std::size_t index) noexcept {
  return index == 4 || index == 6 || index == 8 || index == 10;
}

} // namespace

upload_id upload_id::generate() {
  upload_id id;
  fill_with_random(id.bytes_);
  // RFC 9562, 5.4: the version and the variant.
  id.bytes_[6] = static_cast<std::uint8_t>((id.bytes_[6] & 0x0F) | 0x40);
  id.bytes_[8] = static_cast<std::uint8_t>((id.bytes_[8] & 0x3F) | 0x80);
  return id;
}

upload_id upload_id::issue(std::string_view repository) {
  auto id = generate();
  const auto sealed = id.seal_for(repository);
  std::copy(sealed.begin(), sealed.end(), id.bytes_.end() - sealed.size());
  return id;
}

bool upload_id::was_issued_for(std::string_view repository) const {
  const auto sealed = seal_for(repository);
  return std::equal(sealed.begin(), sealed.end(), bytes_.end() - sealed.size());
}

upload_id::seal upload_id::seal_for(std::string_view repository) const {
  std::string text;
  text.reserve(64);
  text.append("gantry upload ")
    .append(reinterpret_cast<const char*>(bytes_.data()), bytes_.size() - sizeof(seal));
  text += repository;
  seal sealed{};
  const auto whole = digest::of(text);
  std::copy_n(whole.bytes().begin(), sealed.size(), sealed.begin());
  return sealed;
}

result<upload_id> upload_id::parse(std::string_view text) {
  if (text.size() != text_length)
    return fail(errc::upload_unknown, text);
  upload_id id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < id.bytes_.size(); ++i) {
    if (dash_before(i) && text[at++] != '-')
      return fail(errc::upload_unknown, text);
    const int high = hex_value(text[at++]);
    const int low = hex_value(text[at++]);
    if (high < 0 || low < 0)
      return fail(errc::upload_unknown, text);
    id.bytes_[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return id;
}

std::string upload_id::to_string() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(text_length);
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if (dash_before(i))
      text += '-';
    text += digits[bytes_[i] >> 4];
    text += digits[bytes_[i] & 15];
  }
  return text;
}

} // namespace gantry

std::size_t
std::hash<gantry::upload_id>::operator()(const gantry::upload_id& value) const noexcept {
  std::size_t leading = 0;
  std::memcpy(&leading, value.bytes().data(), sizeof leading);
  return leading;
}
