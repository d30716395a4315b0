#include "storage/disk/layout.hpp"

#include "base/text.hpp"

namespace gantry::storage::layout {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

} // namespace

std::uint8_t fan_out(const digest& id) noexcept {
  return id.bytes().front();
}

std::string folder_name(std::uint8_t fan_out) {
  return {hex_digits[fan_out >> 4], hex_digits[fan_out & 15]};
}

std::string file_name(const digest& id) {
  std::string name;
  for (const auto byte : id.bytes())
    name += folder_name(byte);
  return name;
}

result<digest> parse_file_name(digest_algorithm algorithm, std::string_view name) {
  std::string binary{static_cast<char>(algorithm)};
  for (std::size_t i = 0; i + 1 < name.size(); i += 2) {
    const int high = hex_value(name[i]);
    const int low = hex_value(name[i + 1]);
    if (high < 0 || low < 0)
      return fail(errc::digest_invalid, name);
    binary += static_cast<char>(high << 4 | low);
  }
  auto id = digest::from_binary(binary);
  if (!id || file_name(*id) != name)
    return fail(errc::digest_invalid, name);
  return id;
}

std::string data_name(const upload_id& id) {
  return id.to_string() + ".data";
}

} // namespace gantry::storage::layout
