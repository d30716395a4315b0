// The kinds of values in the table's rows, each bound to one member of the settings.
#pragma once

#include "config/row.hpp"
#include "config/texts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gantry::config {

template <auto Member>
using member_type = std::remove_cvref_t<decltype(std::declval<settings>().*Member)>;

/// See `read_size`.
template <auto Member>
constexpr value size(bounds allowed = any_size) {
  return {.type = "SIZE",
          .read =
            [](settings& into, std::string_view text, const value& self) {
              into.*Member = static_cast<member_type<Member>>(read_size(text, self.allowed));
            },
          .show = [](const settings& from, const value&) { return render_size(from.*Member); },
          .allowed = allowed};
}

/// See `read_count`. Error messages use the default as their example if it is a plain number.
template <auto Member>
constexpr value count(bounds allowed = {}) {
  return {
    .type = "N",
    .read =
      [](settings& into, std::string_view text, const value& self) {
        const settings untouched;
        const std::uint64_t usual = untouched.*Member;
        const auto example =
          usual > 0 ? usual : std::clamp<std::uint64_t>(10, self.allowed.least, self.allowed.most);
        into.*Member = static_cast<member_type<Member>>(read_count(text, self.allowed, example));
      },
    .show = [](const settings& from, const value&) { return std::to_string(from.*Member); },
    .allowed = allowed};
}

/// See `read_duration`.
template <auto Member>
constexpr value duration(std::chrono::milliseconds least = std::chrono::milliseconds{1}) {
  return {.type = "DURATION",
          .read =
            [](settings& into, std::string_view text, const value& self) {
              into.*Member = read_duration(text, std::chrono::milliseconds{self.allowed.least},
                                           std::chrono::milliseconds{self.allowed.most});
            },
          .show = [](const settings& from, const value&) { return render_duration(from.*Member); },
          .allowed = {static_cast<std::uint64_t>(least.count()),
                      static_cast<std::uint64_t>(longest_duration.count())}};
}

/// See `read_duration`. 0 is allowed as well, and means never.
template <auto Member>
constexpr value interval(std::chrono::milliseconds least, std::chrono::milliseconds most) {
  return {.type = "DURATION",
          .read =
            [](settings& into, std::string_view text, const value& self) {
              const std::chrono::milliseconds longest{self.allowed.most};
              auto span = read_duration(text, {}, longest);
              if (span.count() != 0)
                span = read_duration(text, std::chrono::milliseconds{self.allowed.least}, longest);
              into.*Member = span;
            },
          .show = [](const settings& from, const value&) { return render_duration(from.*Member); },
          .allowed = {static_cast<std::uint64_t>(least.count()),
                      static_cast<std::uint64_t>(most.count())}};
}

/// True or false. The flag takes no value and means `flag_says`.
template <auto Member>
constexpr value toggle(std::string_view flag_says) {
  return {.read = [](settings& into, std::string_view text,
                     const value&) { into.*Member = read_switch(text); },
          .show = [](const settings& from,
                     const value&) { return std::string{from.*Member ? "true" : "false"}; },
          .flag_says = flag_says};
}

template <class Enumeration>
struct choice_row {
  std::string_view name;
  Enumeration meaning;
};

template <auto& Rows>
inline constexpr auto names_of = [] {
  std::array<std::string_view, std::size(Rows)> names;
  std::ranges::transform(Rows, names.begin(), [](const auto& row) { return row.name; });
  return names;
}();

/// One of the names in `Rows`, an array of `choice_row`.
template <auto Member, auto& Rows>
constexpr value choice() {
  return {
    .read = [](settings& into, std::string_view text,
               const value& self) { into.*Member = Rows[read_choice(text, self.choices)].meaning; },
    .show =
      [](const settings& from, const value&) {
        for (const auto& row : Rows)
          if (row.meaning == from.*Member)
            return std::string{row.name};
        return std::string{};
      },
    .choices = names_of<Rows>};
}

/// One of these words, kept as a text.
template <auto Member>
constexpr value word(std::span<const std::string_view> words) {
  return {
    .read = [](settings& into, std::string_view text,
               const value& self) { into.*Member = self.choices[read_choice(text, self.choices)]; },
    .show = [](const settings& from, const value&) { return from.*Member; },
    .choices = words};
}

inline std::string read_plain(std::string_view text) {
  return std::string{text};
}

/// A non-empty text.
template <auto Member, auto Read = read_plain>
constexpr value text(std::string_view type, form judged_as = form::plain) {
  return {.type = type,
          .read = [](settings& into, std::string_view typed,
                     const value&) { into.*Member = Read(typed); },
          .show = [](const settings& from, const value&) { return from.*Member; },
          .judged_as = judged_as};
}

inline std::string show_item(const std::string& item) {
  return item;
}
inline std::string show_item(const std::pair<std::string, std::string>& field) {
  return field.first + ": " + field.second;
}

/// A list of texts; each use of the flag appends one.
template <auto Member, auto Read = read_plain>
constexpr value list(std::string_view type, char separator, form judged_as = form::plain) {
  return {.type = type,
          .read = [](settings& into, std::string_view typed,
                     const value&) { (into.*Member).push_back(Read(typed)); },
          .show =
            [](const settings& from, const value& self) {
              std::string all;
              for (const auto& item : from.*Member) {
                if (!all.empty())
                  all += self.separator;
                all += show_item(item);
              }
              return all;
            },
          .clear = [](settings& into) { (into.*Member).clear(); },
          .separator = separator,
          .judged_as = judged_as};
}

} // namespace gantry::config
