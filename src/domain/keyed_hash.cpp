// SipHash (Aumasson and Bernstein, 2012) with one round per word and three at the end, as in the
// hash tables of Rust and Python.
#include "domain/keyed_hash.hpp"

#include <bit>
#include <cstring>
#include <random>

namespace gantry {

namespace {

constexpr std::size_t word_size = sizeof(std::uint64_t);

std::uint64_t load(std::string_view text) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data(), text.size());
  if constexpr (std::endian::native == std::endian::big)
    word = __builtin_bswap64(word);
  return word;
}

class sip_state {
public:
  explicit sip_state(const hash_key& key) noexcept
    : v0_{key.first ^ 0x736f6d6570736575ULL},
      v1_{key.second ^ 0x646f72616e646f6dULL},
      v2_{key.first ^ 0x6c7967656e657261ULL},
      v3_{key.second ^ 0x7465646279746573ULL} {}

  void update(std::uint64_t word) noexcept {
    v3_ ^= word;
    round();
    v0_ ^= word;
  }

  std::uint64_t finish() noexcept {
    v2_ ^= 0xff;
    round();
    round();
    round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

private:
  void round() noexcept {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

} // namespace

std::uint64_t sip_hash(const hash_key& key, std::uint64_t prefix, std::string_view text) noexcept {
  sip_state state{key};
  state.update(prefix);
  // The highest byte of the last word holds the total length.
  const std::uint64_t length = word_size + text.size();
  for (; text.size() >= word_size; text.remove_prefix(word_size))
    state.update(load(text.substr(0, word_size)));
  state.update(length << 56 | load(text));
  return state.finish();
}

const hash_key& process_hash_key() {
  static const hash_key key = [] {
    std::random_device random;
    const auto word = [&random] { return std::uint64_t{random()} << 32 | random(); };
    const auto first = word();
    return hash_key{first, word()};
  }();
  return key;
}

std::uint64_t keyed_hash(std::string_view text) {
  return sip_hash(process_hash_key(), 0, text);
}

} // namespace gantry
