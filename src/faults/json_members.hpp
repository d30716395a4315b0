// Reads JSON objects member by member, and says which member is wrong.
#pragma once

#include "domain/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::faults {

/// A text that a response line or a header field can carry.
bool is_line(std::string_view text) noexcept;

/// The members of one object. A function that reads one leaves its target alone if there is no such
/// member, or if there was a mistake before. The first mistake (request_invalid, with the path of
/// the member) is kept in the variable that was given. Names must outlive this.
class members {
public:
  /// `path` precedes the names in mistakes: "effect.".
  members(const boost::json::object& from, std::string path, std::optional<error>& mistake)
    : from_{from}, path_{std::move(path)}, mistake_{mistake} {}

  void text(std::string_view name, std::string& into);
  /// A text for which `is_line` is true.
  void line(std::string_view name, std::string& into);
  void number(std::string_view name, std::uint64_t& into, std::uint64_t least = 0,
              std::uint64_t most = no_limit);
  void number(std::string_view name, std::optional<std::uint64_t>& into);
  /// From 0 to 1.
  void fraction(std::string_view name, double& into);
  void flag(std::string_view name, bool& into);
  /// A text with a unit, such as `500ms`.
  void duration(std::string_view name, std::chrono::milliseconds& into,
                std::chrono::milliseconds most);
  /// Bytes: a number, or a text such as `64KiB`.
  void size(std::string_view name, std::uint64_t& into);
  void object(std::string_view name, const std::function<void(members&)>& read_inner);
  /// Calls `use` with the value of a member, if there is one.
  void read(std::string_view name, const std::function<void(const boost::json::value&)>& use);

  bool has(std::string_view name) const { return from_.contains(name); }
  bool holds_object(std::string_view name) const;
  void refuse(std::string_view name, std::string_view what);
  /// Complains about a member that nothing has read.
  void finish();

private:
  static constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

  /// Reads a text with a function that throws std::invalid_argument.
  void worded(std::string_view name, const std::function<void(std::string_view)>& read_text);

  const boost::json::object& from_;
  std::string path_;
  std::optional<error>& mistake_;
  std::vector<std::string_view> known_;
};

} // namespace gantry::faults
