// Digests: grammar, values, hashing.
#include "domain/digest.hpp"

#include "support/mutation.hpp"
#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

using gantry::digest_algorithm;
using gantry::errc;
using gantry::hasher;

namespace {

const std::string empty_sha256 =
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const std::string empty_sha512 =
  "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";
const std::string abc_sha256 =
  "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

struct digest_case {
  std::string_view name;
  std::string text;
};

std::ostream& operator<<(std::ostream& out, const digest_case& sample) {
  return out << sample.name;
}

const digest_case valid[] = {
  {"sha256", empty_sha256},
  {"sha512", empty_sha512},
  {"all zeros", "sha256:" + std::string(64, '0')},
};

// cases 62, 89, 91, 157
const digest_case invalid[] = {
  {"empty", ""},
  {"no colon", "sha256"},
  {"no hex", "sha256:"},
  {"not hex", "sha256:asd"},
  {"right length, not hex", "sha256:" + std::string(64, 'g')},
  {"word", "sha256:baddigest"},
  {"unknown algorithm", "sha257:" + std::string(64, '0')},
  {"unsupported algorithm", "md5:" + std::string(32, '0')},
  {"the name of the marker", "verbatim:" + std::string(64, '0')},
  {"upper-case hex", "sha256:" + std::string(64, 'A')},
  {"upper-case algorithm", "SHA256:" + std::string(64, '0')},
  {"one character short", "sha256:" + std::string(63, '0')},
  {"one character long", "sha256:" + std::string(65, '0')},
  {"hex of the other algorithm", "sha512:" + std::string(64, '0')},
  {"second colon", "sha256::" + std::string(63, '0')},
  {"leading blank", " " + empty_sha256},
  {"NUL inside", "sha256:" + std::string(63, '0') + '\0'},
};

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

} // namespace

BOOST_AUTO_TEST_SUITE(digest)

using gantry::digest;

BOOST_DATA_TEST_CASE(a_valid_digest_is_printed_as_it_was_read,
                     boost::unit_test::data::make(valid)) {
  const auto parsed = digest::parse(sample.text);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->to_string() == sample.text);
  BOOST_TEST(parsed->hex() == sample.text.substr(7));
  BOOST_TEST(parsed->bytes().size() * 2 == parsed->hex().size());
}

BOOST_DATA_TEST_CASE(an_invalid_digest_is_refused, boost::unit_test::data::make(invalid)) {
  const auto parsed = digest::parse(sample.text);
  BOOST_REQUIRE(parsed.has_error());
  BOOST_TEST(parsed.error().code == errc::digest_invalid);
  BOOST_TEST(parsed.error().detail == sample.text);
}

BOOST_AUTO_TEST_CASE(algorithms_have_names) {
  BOOST_TEST(gantry::parse_algorithm("sha256").value() == digest_algorithm::sha256);
  BOOST_TEST(gantry::parse_algorithm("sha512").value() == digest_algorithm::sha512);
  // case 93
  for (const std::string_view unknown : {"", "sha257", "SHA256", "verbatim"})
    BOOST_TEST(gantry::parse_algorithm(unknown).error().code == errc::digest_invalid);
  BOOST_TEST(to_string(digest_algorithm::sha512) == "sha512");
}

BOOST_AUTO_TEST_CASE(digests_of_known_texts_are_right) {
  BOOST_TEST(digest::of("").to_string() == empty_sha256);
  BOOST_TEST(digest::of("abc").to_string() == abc_sha256);
  BOOST_TEST(digest::of("", digest_algorithm::sha512).to_string() == empty_sha512);
}

BOOST_AUTO_TEST_CASE(a_hasher_takes_bytes_in_pieces_and_continues_after_a_peek) {
  hasher running{digest_algorithm::sha256};
  BOOST_TEST(running.peek().to_string() == empty_sha256);
  running.update(bytes_of("a"));
  BOOST_TEST(running.peek() == digest::of("a"));
  running.update(bytes_of("bc"));
  BOOST_TEST(running.peek().to_string() == abc_sha256);
  BOOST_TEST(running.peek().to_string() == abc_sha256);
}

BOOST_AUTO_TEST_CASE(a_hasher_keeps_its_state_when_it_is_moved) {
  hasher first{digest_algorithm::sha512};
  first.update(bytes_of("a"));
  hasher second = std::move(first);
  second.update(bytes_of("bc"));
  BOOST_TEST(second.algorithm() == digest_algorithm::sha512);
  BOOST_TEST(second.peek() == digest::of("abc", digest_algorithm::sha512));
}

BOOST_AUTO_TEST_CASE(lenient_parsing_prefers_a_real_digest) {
  const auto parsed = digest::parse_lenient(abc_sha256);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->algorithm() == digest_algorithm::sha256);
  BOOST_TEST(*parsed == digest::of("abc"));
}

BOOST_AUTO_TEST_CASE(lenient_parsing_keeps_other_texts_verbatim) {
  for (const std::string& text :
       {std::string{"sha256:abc"}, std::string{"x"}, std::string(digest::max_verbatim, 'f')}) {
    const auto parsed = digest::parse_lenient(text);
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->algorithm() == digest_algorithm::verbatim);
    BOOST_TEST(parsed->to_string() == text);
    BOOST_TEST(parsed->bytes().size() == text.size());
  }
}

BOOST_AUTO_TEST_CASE(lenient_parsing_refuses_harmful_texts) {
  for (const std::string& text :
       {std::string{}, std::string(digest::max_verbatim + 1, 'f'), std::string{"a/b"},
        std::string{"a b"}, std::string{"a\nb"}, std::string{"a\x7F"}, std::string("a\0b", 3)}) {
    BOOST_TEST_CONTEXT("text " << text)
    BOOST_TEST(digest::parse_lenient(text).error().code == errc::digest_invalid);
  }
}

BOOST_AUTO_TEST_CASE(equal_digests_hash_equal_and_order_is_total) {
  const auto a = digest::of("a");
  const auto b = digest::of("b");
  const auto verbatim = digest::parse_lenient("sha256:a").value();
  const auto other = digest::parse_lenient("sha256:b").value();
  const std::unordered_set<gantry::digest> all{a, b, verbatim, other, a, verbatim};
  BOOST_TEST(all.size() == 4u);
  BOOST_TEST((a < b) != (b < a));
  BOOST_TEST(std::hash<gantry::digest>{}(a) != std::hash<gantry::digest>{}(b));
  BOOST_TEST(std::hash<gantry::digest>{}(verbatim) != std::hash<gantry::digest>{}(other));
}

BOOST_AUTO_TEST_CASE(damaged_digests_are_refused_or_kept_verbatim) {
  gantry::test::mutator damage;
  for (int round = 0; round < 4000; ++round) {
    const std::string text = damage(round % 2 == 0 ? empty_sha256 : empty_sha512);
    if (const auto strict = digest::parse(text); strict && strict->to_string() != text)
      BOOST_ERROR("read differently: " << text);
    if (const auto lenient = digest::parse_lenient(text); lenient && lenient->to_string() != text)
      BOOST_ERROR("taken differently: " << text);
  }
}

BOOST_AUTO_TEST_CASE(digests_that_begin_alike_do_not_share_a_hash) {
  std::set<std::size_t> hashes;
  const std::string zeros(60, '0');
  for (const std::string end : {"0001", "0002", "0100", "1000", "ffff"})
    hashes.insert(std::hash<digest>{}(digest::parse("sha256:" + zeros + end).value()));
  BOOST_TEST(hashes.size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_saved_hash_continues) {
  for (const auto algorithm : {digest_algorithm::sha256, digest_algorithm::sha512})
    for (const std::size_t cut : {0, 1, 63, 64, 65, 128, 1000}) {
      BOOST_TEST_CONTEXT(to_string(algorithm) << " after " << cut) {
        const std::string bytes(2000, 'x');
        hasher first{algorithm};
        first.update(std::as_bytes(std::span{bytes}.first(cut)));
        auto second = hasher::restore(first.save());
        BOOST_REQUIRE(second.has_value());
        BOOST_TEST((second->algorithm() == algorithm));
        second->update(std::as_bytes(std::span{bytes}.subspan(cut)));
        BOOST_TEST((second->peek() == digest::of(bytes, algorithm)));
      }
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_hash_is_refused) {
  const auto saved = hasher{digest_algorithm::sha256}.save();
  BOOST_TEST(hasher::restore("").has_error());
  BOOST_TEST(hasher::restore(saved.substr(1)).has_error());
  BOOST_TEST(hasher::restore(saved.substr(0, saved.size() - 1)).has_error());
  BOOST_TEST(hasher::restore(saved + "x").has_error());
}

BOOST_AUTO_TEST_CASE(the_binary_form_round_trips_and_sorts_like_digests) {
  const auto verbatim = digest::parse_lenient("sha256:short").value();
  const auto short_one = digest::of("a");
  const auto long_one = digest::of("a", digest_algorithm::sha512);
  for (const auto& id : {short_one, long_one, verbatim})
    BOOST_TEST((digest::from_binary(id.to_binary()).value() == id));
  BOOST_TEST((short_one < long_one) == (short_one.to_binary() < long_one.to_binary()));
  for (const auto& wrong : {std::string{}, std::string{"\x07"}, short_one.to_binary() + "x",
                            short_one.to_binary().substr(0, 20)})
    BOOST_TEST(digest::from_binary(wrong).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
