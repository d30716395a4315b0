// Digests and hashing with OpenSSL's older functions: only their state can be saved and restored.
// The first use of EVP also sets OpenSSL up, with its configuration file and the names of all
// algorithms; this took a tenth of the server's start. Both run the same processor code.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "domain/digest.hpp"

#include "base/text.hpp"
#include "domain/keyed_hash.hpp"

#include <openssl/opensslv.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <stdexcept>
#include <variant>

namespace gantry {

namespace {

constexpr std::size_t raw_size(digest_algorithm algorithm) noexcept {
  return algorithm == digest_algorithm::sha512 ? 64 : 32;
}

/// -1 for anything but a lower-case hex digit.
constexpr int nibble(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

bool decode_hex(std::string_view text, std::uint8_t* out) noexcept {
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = nibble(text[i]);
    const int low = nibble(text[i + 1]);
    if (high < 0 || low < 0)
      return false;
    *out++ = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

void require(bool done) {
  if (!done)
    throw std::runtime_error{"OpenSSL cannot compute a digest"};
}

bool may_stand_verbatim(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte > ' ' && byte != 0x7F && c != '/';
}

} // namespace

std::string_view to_string(digest_algorithm algorithm) noexcept {
  switch (algorithm) {
  case digest_algorithm::sha256: return "sha256";
  case digest_algorithm::sha512: return "sha512";
  case digest_algorithm::verbatim: return "verbatim";
  }
  return "unknown";
}

result<digest_algorithm> parse_algorithm(std::string_view text) {
  if (text == "sha256")
    return digest_algorithm::sha256;
  if (text == "sha512")
    return digest_algorithm::sha512;
  return fail(errc::digest_invalid, text);
}

result<digest> digest::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos)
    return fail(errc::digest_invalid, text);
  const auto algorithm = parse_algorithm(text.substr(0, colon));
  const auto hex = text.substr(colon + 1);
  digest parsed;
  if (!algorithm || hex.size() != 2 * raw_size(*algorithm) ||
      !decode_hex(hex, parsed.bytes_.data()))
    return fail(errc::digest_invalid, text);
  parsed.algorithm_ = *algorithm;
  return parsed;
}

result<digest> digest::parse_lenient(std::string_view text) {
  if (auto parsed = parse(text))
    return parsed;
  if (text.empty() || text.size() > max_verbatim || !std::ranges::all_of(text, may_stand_verbatim))
    return fail(errc::digest_invalid, text);
  digest taken;
  taken.algorithm_ = digest_algorithm::verbatim;
  std::ranges::copy(text, taken.bytes_.begin());
  return taken;
}

digest digest::of(std::span<const std::byte> bytes, digest_algorithm algorithm) {
  digest computed;
  computed.algorithm_ = algorithm;
  if (algorithm == digest_algorithm::sha512) {
    SHA512_CTX context;
    require(SHA512_Init(&context) == 1 &&
            SHA512_Update(&context, bytes.data(), bytes.size()) == 1 &&
            SHA512_Final(computed.bytes_.data(), &context) == 1);
  } else {
    SHA256_CTX context;
    require(SHA256_Init(&context) == 1 &&
            SHA256_Update(&context, bytes.data(), bytes.size()) == 1 &&
            SHA256_Final(computed.bytes_.data(), &context) == 1);
  }
  return computed;
}

digest digest::of(std::string_view bytes, digest_algorithm algorithm) {
  return of(std::as_bytes(std::span{bytes}), algorithm);
}

std::span<const std::uint8_t> digest::bytes() const noexcept {
  if (algorithm_ != digest_algorithm::verbatim)
    return std::span{bytes_}.first(raw_size(algorithm_));
  // The text contains no NUL, and zeros pad it.
  const auto end = std::ranges::find(bytes_, std::uint8_t{0});
  return {bytes_.begin(), end};
}

std::string digest::hex() const {
  assert(algorithm_ != digest_algorithm::verbatim);
  std::string text;
  append_hex(text, bytes());
  return text;
}

void digest::append_to(std::string& text) const {
  if (algorithm_ == digest_algorithm::verbatim) {
    const auto characters = bytes();
    text.append(characters.begin(), characters.end());
    return;
  }
  text.append(gantry::to_string(algorithm_)).append(1, ':');
  append_hex(text, bytes());
}

std::string digest::to_string() const {
  std::string text;
  append_to(text);
  return text;
}

result<digest> digest::from_binary(std::string_view binary) {
  digest read;
  if (binary.empty() || binary.size() > 1 + read.bytes_.size())
    return fail(errc::digest_invalid);
  read.algorithm_ = static_cast<digest_algorithm>(binary.front());
  binary.remove_prefix(1);
  std::ranges::copy(binary, read.bytes_.begin());
  const bool known = read.algorithm_ == digest_algorithm::sha256 ||
                     read.algorithm_ == digest_algorithm::sha512 ||
                     read.algorithm_ == digest_algorithm::verbatim;
  if (!known || read.bytes().size() != binary.size())
    return fail(errc::digest_invalid);
  return read;
}

std::string digest::to_binary() const {
  const auto raw = bytes();
  std::string binary{static_cast<char>(algorithm_)};
  binary.append(raw.begin(), raw.end());
  return binary;
}

struct hasher::state {
  std::variant<SHA256_CTX, SHA512_CTX> context;
};

namespace {

/// The prefix of a saved state: says which OpenSSL can read it. The state is a plain OpenSSL
/// struct.
std::string state_tag(digest_algorithm algorithm) {
  return "gantry-hash-1 " OPENSSL_VERSION_TEXT " " + std::string{to_string(algorithm)} + '\n';
}

} // namespace

hasher::hasher(digest_algorithm algorithm) : algorithm_{algorithm}, state_{new state} {
  if (algorithm == digest_algorithm::sha512)
    require(SHA512_Init(&state_->context.emplace<SHA512_CTX>()) == 1);
  else
    require(SHA256_Init(&state_->context.emplace<SHA256_CTX>()) == 1);
}

hasher::hasher(hasher&&) noexcept = default;
hasher& hasher::operator=(hasher&&) noexcept = default;
hasher::~hasher() = default;

void hasher::state_deleter::operator()(state* doomed) const noexcept {
  delete doomed;
}

result<hasher> hasher::restore(std::string_view saved) {
  for (const auto algorithm : {digest_algorithm::sha256, digest_algorithm::sha512}) {
    const auto tag = state_tag(algorithm);
    if (!saved.starts_with(tag))
      continue;
    hasher restored{algorithm};
    saved.remove_prefix(tag.size());
    const auto fill = [&](auto& context) {
      if (saved.size() != sizeof context)
        return false;
      std::memcpy(&context, saved.data(), sizeof context);
      return context.num < (algorithm == digest_algorithm::sha512 ? 128U : 64U);
    };
    if (std::visit(fill, restored.state_->context))
      return restored;
  }
  return fail(errc::internal);
}

void hasher::update(std::span<const std::byte> bytes) {
  if (auto* wide = std::get_if<SHA512_CTX>(&state_->context))
    require(SHA512_Update(wide, bytes.data(), bytes.size()) == 1);
  else
    require(SHA256_Update(std::get_if<SHA256_CTX>(&state_->context), bytes.data(), bytes.size()) ==
            1);
}

digest hasher::peek() const {
  digest computed;
  computed.algorithm_ = algorithm_;
  auto copy = state_->context;
  if (auto* wide = std::get_if<SHA512_CTX>(&copy))
    require(SHA512_Final(computed.bytes_.data(), wide) == 1);
  else
    require(SHA256_Final(computed.bytes_.data(), std::get_if<SHA256_CTX>(&copy)) == 1);
  return computed;
}

std::string hasher::save() const {
  auto saved = state_tag(algorithm_);
  std::visit(
    [&saved](const auto& context) {
      saved.append(reinterpret_cast<const char*>(&context), sizeof context);
    },
    state_->context);
  return saved;
}

} // namespace gantry

std::size_t std::hash<gantry::digest>::operator()(const gantry::digest& value) const {
  const auto bytes = value.bytes();
  return gantry::keyed_hash({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
