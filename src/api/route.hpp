// The routes of the API: paths with placeholders, and their values in a path.
#pragma once

#include <optional>
#include <string_view>

namespace gantry::api {

/// The values of the placeholders: slices of the path.
struct placeholders {
  /// `<name>`, for routes inside a repository.
  std::string_view name{};
  /// `<digest>`, `<reference>` or the id of an upload.
  std::string_view last{};
};

/// A path with up to two placeholders: `<name>`, and a later segment such as `<digest>`, which may
/// be followed by fixed words. A route that ends with a slash also matches without it. A route
/// without text matches no path.
class route {
public:
  constexpr route() = default;
  constexpr route(const char* text) : text_{text} { // NOLINT(google-explicit-constructor)
    const auto name = text_.find("<name>");
    const auto last = text_.find('<', name == text_.npos ? 0 : name + 1);
    is_open_ = last != text_.npos;
    const auto fixed = text_.substr(0, last);
    if (is_open_)
      tail_ = text_.substr(text_.find('>', last) + 1);
    has_name_ = name != text_.npos;
    front_ = fixed.substr(0, name);
    back_ = has_name_ ? fixed.substr(name + std::string_view{"<name>"}.size()) : "";
  }

  constexpr std::string_view text() const noexcept { return text_; }
  /// Whether the last segment is a placeholder. A route with a literal one takes precedence.
  constexpr bool is_open() const noexcept { return is_open_ && tail_.empty(); }

  /// `path` is decoded. The fixed words are matched from the right, and the name is the rest, so
  /// repositories may be called `tags/list` or `manifests/blobs`.
  std::optional<placeholders> match(std::string_view path) const noexcept;

  friend constexpr bool operator==(const route& left, const route& right) noexcept {
    return left.text_ == right.text_;
  }
  friend constexpr auto operator<=>(const route& left, const route& right) noexcept {
    return left.text_ <=> right.text_;
  }

private:
  std::string_view text_;
  /// The text before the name, and the text after it up to the last placeholder.
  std::string_view front_;
  std::string_view back_;
  /// The text after the last placeholder.
  std::string_view tail_;
  bool has_name_ = false;
  bool is_open_ = false;
};

} // namespace gantry::api
