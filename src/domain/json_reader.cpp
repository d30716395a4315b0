// JSON events on top of Boost.JSON's parser. Boost.JSON's containers are not used: their hash is
// unkeyed, so a client could make each lookup linear in the size of the object.
#include "domain/json_reader.hpp"

#include "domain/name_set.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace gantry {

namespace json = boost::json;

namespace {

/// The handler interface of Boost.JSON's parser. True continues.
class handler {
public:
  static constexpr auto max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr auto max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr auto max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr auto max_string_size = std::numeric_limits<std::size_t>::max();

  handler(json_events& into, std::pmr::memory_resource* memory) : into_{into}, names_{memory} {}

  bool has_duplicate() const noexcept { return has_duplicate_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code&) {
    open_objects_.push_back(objects_++);
    into_.on_begin(json_container::object);
    return true;
  }

  bool on_object_end(std::size_t, json::error_code&) {
    open_objects_.pop_back();
    into_.on_end(json_container::object);
    return true;
  }

  bool on_array_begin(json::error_code&) {
    into_.on_begin(json_container::array);
    return true;
  }

  bool on_array_end(std::size_t, json::error_code&) {
    into_.on_end(json_container::array);
    return true;
  }

  bool on_key_part(json::string_view piece, std::size_t, json::error_code&) { return add(piece); }

  bool on_key(json::string_view piece, std::size_t, json::error_code& failure) {
    const auto name = complete(piece);
    has_duplicate_ = !names_.insert(open_objects_.back(), name);
    if (has_duplicate_) {
      failure = json::make_error_code(json::error::not_exact);
      return false;
    }
    into_.on_member(name);
    pieces_.clear();
    return true;
  }

  bool on_string_part(json::string_view piece, std::size_t, json::error_code&) {
    return add(piece);
  }

  bool on_string(json::string_view piece, std::size_t, json::error_code&) {
    into_.on_scalar(complete(piece));
    pieces_.clear();
    return true;
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, json::error_code&) { return tell(value); }
  bool on_uint64(std::uint64_t value, json::string_view, json::error_code&) { return tell(value); }
  bool on_double(double value, json::string_view, json::error_code&) { return tell(value); }
  bool on_bool(bool value, json::error_code&) { return tell(value); }
  bool on_null(json::error_code&) { return tell(std::monostate{}); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

private:
  bool tell(const json_scalar& value) {
    into_.on_scalar(value);
    return true;
  }

  bool add(json::string_view piece) {
    pieces_.append(piece.data(), piece.size());
    return true;
  }

  /// The text that ends with `last`; copied only if it arrived in pieces.
  std::string_view complete(json::string_view last) {
    if (pieces_.empty())
      return {last.data(), last.size()};
    add(last);
    return pieces_;
  }

  json_events& into_;
  name_set names_;
  std::uint64_t objects_ = 0;
  std::vector<std::uint64_t> open_objects_;
  std::string pieces_;
  bool has_duplicate_ = false;
};

} // namespace

class json_reader::parser {
public:
  parser(const json::parse_options& limits, json_events& into, std::pmr::memory_resource* memory)
    : parser_{limits, into, memory} {}

  void write(bool more_comes, std::string_view piece) {
    if (failure_)
      return;
    const auto used = parser_.write_some(more_comes, piece.data(), piece.size(), failure_);
    if (!failure_ && used < piece.size())
      failure_ = json::make_error_code(json::error::extra_data);
  }

  result<void> outcome() const {
    if (parser_.handler().has_duplicate())
      return fail(errc::manifest_invalid, "duplicate keys");
    if (failure_)
      return fail(errc::manifest_invalid, "not valid JSON: " + failure_.message());
    return {};
  }

private:
  json::basic_parser<handler> parser_;
  json::error_code failure_;
};

json_reader::json_reader(std::size_t max_depth, json_events& into,
                         std::pmr::memory_resource* memory) {
  json::parse_options limits;
  limits.max_depth = max_depth;
  parser_ = std::make_unique<parser>(limits, into, memory);
}

json_reader::json_reader(json_reader&&) noexcept = default;
json_reader& json_reader::operator=(json_reader&&) noexcept = default;
json_reader::~json_reader() = default;

void json_reader::write(std::string_view piece) {
  parser_->write(true, piece);
}

result<void> json_reader::finish() {
  parser_->write(false, {});
  return parser_->outcome();
}

result<void> read_json(std::string_view bytes, std::size_t max_depth, json_events& into,
                       std::pmr::memory_resource* memory) {
  json_reader reader{max_depth, into, memory};
  reader.write(bytes);
  return reader.finish();
}

} // namespace gantry
