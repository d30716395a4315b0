// Strict JSON: pieces must give the same result as the whole, and nothing may be accepted that
// Boost.JSON refuses.
#include "domain/json_reader.hpp"
#include "domain/strict_json.hpp"
#include "fuzz/fuzz.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

using namespace gantry;
using fuzz::require;

namespace {

constexpr std::size_t max_depth = 16;

class recorder final : public json_events {
public:
  std::string told;
  std::vector<double> doubles;

  void on_begin(json_container kind) override {
    told += kind == json_container::object ? '{' : '[';
  }
  void on_end(json_container kind) override { told += kind == json_container::object ? '}' : ']'; }
  void on_member(std::string_view name) override {
    told.append(1, '.').append(name).append(1, '\0');
  }
  void on_scalar(const json_scalar& value) override {
    told += std::to_string(value.index());
    if (const auto* text = std::get_if<std::string_view>(&value))
      told.append(*text).append(1, '\0');
    else if (const auto* number = std::get_if<double>(&value))
      doubles.push_back(*number);
    else
      told += std::to_string(std::hash<json_scalar>{}(value));
  }
};

/// Boost.JSON computes a double as its digits arrive, so the last bits depend on the pieces.
bool is_about(double one, double other) {
  constexpr double tolerance = 1e-14;
  return one == other || (std::isnan(one) && std::isnan(other)) ||
         std::abs(one - other) <= tolerance * std::abs(one);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input text{data, size};
  const auto step = text.take();

  recorder whole;
  const auto read = read_json(text.rest(), max_depth, whole);
  recorder joined;
  json_reader reader{max_depth, joined};
  fuzz::in_pieces(text.rest(), step, [&](std::string_view piece) { reader.write(piece); });
  const auto again = reader.finish();
  require(read.has_value() == again.has_value());
  // Before a fault, more or fewer digits of a number may have been reported.
  require(read.has_error() || whole.told == joined.told);
  require(read.has_error() || std::ranges::equal(whole.doubles, joined.doubles, is_about));

  boost::json::parse_options limits;
  limits.max_depth = max_depth;
  boost::json::error_code failure;
  const auto theirs = boost::json::parse(text.rest(), failure, {}, limits);
  const bool has_duplicates = read.has_error() && read.error().detail == "duplicate keys";
  require(has_duplicates || read.has_value() == !failure);
  if (const auto ours = parse_json(text.rest(), max_depth))
    require(boost::json::serialize(*ours) == boost::json::serialize(theirs)); // 0e999 is NaN
  constexpr std::string_view names[] = {"a", "mediaType", "layers"};
  static_cast<void>(parse_json(text.rest(), max_depth, names));
  return 0;
}
