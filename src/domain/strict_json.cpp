#include "domain/strict_json.hpp"

#include "domain/json_reader.hpp"

#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <cassert>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace gantry {

namespace json = boost::json;

namespace {

/// Builds values from events; skips the members that are not kept.
class value_builder final : public json_events {
public:
  explicit value_builder(json_names keep) : keep_{keep} { stack_.reset(); }

  bool is_overfull() const noexcept { return is_overfull_; }
  /// Precondition: the document is complete.
  json::value release() {
    assert(sizes_.empty() && skipped_ == 0);
    return stack_.release();
  }

  void on_begin(json_container) override {
    if (skips())
      ++skipped_;
    else
      sizes_.push_back(0);
  }

  void on_end(json_container kind) override {
    if (skipped_ > 0) {
      --skipped_;
      return;
    }
    const auto size = sizes_.back();
    sizes_.pop_back();
    if (kind == json_container::object)
      stack_.push_object(size);
    else
      stack_.push_array(size);
    count();
  }

  void on_member(std::string_view name) override {
    if (skipped_ > 0)
      return;
    skips_next_ = !keep_.empty() && std::ranges::find(keep_, name) == keep_.end();
    if (!skips_next_ && sizes_.back() == max_kept_members) {
      is_overfull_ = true;
      skips_next_ = true;
    }
    if (!skips_next_)
      stack_.push_key({name.data(), name.size()});
  }

  void on_scalar(const json_scalar& value) override {
    if (skips())
      return;
    std::visit([this](auto alternative) { push(alternative); }, value);
    count();
  }

private:
  /// Whether the next value is inside a skipped member.
  bool skips() { return std::exchange(skips_next_, false) || skipped_ > 0; }

  void count() {
    if (!sizes_.empty())
      ++sizes_.back();
  }

  template <class T>
  void push(T value) {
    if constexpr (std::is_same_v<T, std::monostate>)
      stack_.push_null();
    else if constexpr (std::is_same_v<T, std::string_view>)
      stack_.push_string({value.data(), value.size()});
    else if constexpr (std::is_same_v<T, bool>)
      stack_.push_bool(value);
    else if constexpr (std::is_same_v<T, std::int64_t>)
      stack_.push_int64(value);
    else if constexpr (std::is_same_v<T, std::uint64_t>)
      stack_.push_uint64(value);
    else
      stack_.push_double(value);
  }

  json_names keep_;
  json::value_stack stack_;
  /// The size of each open container that is kept.
  std::vector<std::size_t> sizes_;
  /// Open skipped containers.
  std::size_t skipped_ = 0;
  bool skips_next_ = false;
  bool is_overfull_ = false;
};

} // namespace

result<json::value> parse_json(std::string_view bytes, std::size_t max_depth, json_names keep) {
  value_builder builder{keep};
  if (auto read = read_json(bytes, max_depth, builder); !read)
    return std::move(read).error();
  if (builder.is_overfull())
    return fail(errc::manifest_invalid,
                "an object with more than " + std::to_string(max_kept_members) + " members");
  return builder.release();
}

result<json::object> parse_object(std::string_view bytes, std::size_t max_depth, json_names keep) {
  auto document = parse_json(bytes, max_depth, keep);
  if (!document)
    return std::move(document).error();
  if (!document->is_object())
    return fail(errc::manifest_invalid, "not a JSON object");
  return std::move(document->get_object());
}

const json::value* find_member(const json::object& object, std::string_view key) noexcept {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

} // namespace gantry
