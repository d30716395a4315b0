// What rich lists are asked for.
#pragma once

#include "domain/digest.hpp"
#include "domain/error.hpp"
#include "domain/repository_name.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::listing {

enum class repository_order : std::uint8_t {
  name,
  tags,
  manifests,
  own_bytes,
  shared_bytes,
  pushed,
  pulled,
  pulls,
};

enum class tag_order : std::uint8_t {
  name,
  digest,
  size,
  platforms,
  pushed,
  pushed_by,
  pulled,
  pulls,
  referrers,
};

/// A column, and whether its largest values come first. What is absent is smaller than all values.
template <class Order>
struct sorting {
  Order by = Order::name;
  bool descending = false;

  bool operator==(const sorting&) const = default;
};

/// Read `pushed`, or `-pushed` for the largest first. Errors: request_invalid (no such column; says
/// which there are).
result<sorting<repository_order>> read_repository_sorting(std::string_view text);
result<sorting<tag_order>> read_tag_sorting(std::string_view text);

/// A page of a list.
struct page_query {
  /// A glob, in which `*` stands for any characters; empty matches all.
  std::string name = {};
  /// A part of the name, in any case of its letters; empty matches all.
  std::string contains = {};
  /// At most this many rows; at least one.
  std::size_t limit = 100;
  /// `found_rows::next` of the page before; empty for the first page.
  std::string last = {};
};

struct repository_query {
  page_query page = {};
  sorting<repository_order> sorted = {};
  /// Which repositories may be shown; empty: all. Called on another thread, until the answer.
  std::function<bool(const repository_name&)> shows = {};
};

struct tag_query {
  page_query page = {};
  sorting<tag_order> sorted = {};
};

/// A name with its value; an absent one stands for all.
struct wanted_fact {
  std::string key;
  std::optional<std::string> value = {};
};

/// Manifests that have all of this. Precondition: it asks for something.
struct search_query {
  /// Of the manifest, and of its config.
  std::vector<wanted_fact> annotations = {};
  std::vector<wanted_fact> labels = {};
  /// Of the manifest, or of a blob that it names.
  std::optional<digest> target = {};
  /// Empty: any.
  std::string artifact_type = {};
  /// At most this many; at least one.
  std::size_t limit = 100;
  /// As in `page_query`.
  std::string last = {};
  /// As in `repository_query`.
  std::function<bool(const repository_name&)> shows = {};
};

/// Values that are longer are not found by a search.
inline constexpr std::size_t max_fact_length = 1024;

/// A page, in the wanted order.
template <class T>
struct found_rows {
  std::vector<T> items;
  /// Where the next page begins; empty after the last one. A page may be short, or empty, and yet
  /// have a next one: each looks at a limited number of rows.
  std::string next;
  /// `next` names a row that may not be shown to the client.
  bool next_is_hidden = false;
};

} // namespace gantry::listing
