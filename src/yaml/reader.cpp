#include "yaml/reader.hpp"

#include "base/text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace gantry::yaml {

namespace {

constexpr std::size_t max_depth = 8;

std::string at_place(place at, const std::string& reason) {
  if (at.line == 0)
    return reason;
  return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " +
         reason;
}

place place_of(const YAML::Mark& mark) {
  return mark.is_null() ? place{} : place{mark.line + 1, mark.column + 1};
}

/// A pattern that is meant as a text is the most usual alias.
std::string explained(const std::string& reason) {
  const bool is_alias = reason.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR) ||
                        reason.starts_with(YAML::ErrorMsg::ALIAS_NOT_FOUND) ||
                        reason.starts_with(YAML::ErrorMsg::CHAR_IN_ALIAS);
  return is_alias ? "a text that begins with * stands in quotes: \"*\"" : reason;
}

/// Builds the tree. The library's own tree has lost which keys are repeated, and does not bound
/// what aliases stand for.
class tree_builder : public YAML::EventHandler {
public:
  node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (has_document_)
      throw mistake{place_of(mark), "a second document begins here: write one"};
    has_document_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish({.kind = node_kind::nothing, .at = place_of(mark)}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end())
      throw mistake{place_of(mark), "this alias stands within its own value: write the value"};
    count(known->second.values, place_of(mark));
    add(known->second.value);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    finish({.kind = node_kind::text, .at = place_of(mark), .text = value}, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(node_kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(node_kind::map, mark, anchor);
  }
  void OnMapEnd() override { close(); }

private:
  struct level {
    yaml::node value;
    /// In a map, the key whose value comes next.
    std::optional<node> key;
    std::set<std::string> keys;
    /// What aliases call it; 0 for none.
    YAML::anchor_t anchor = 0;
    /// The number of values before it.
    std::size_t before = 0;
  };

  /// What an alias stands for.
  struct anchored {
    node value;
    std::size_t values = 1;
  };

  /// `?` and `!` stand for plain and quoted texts.
  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.size() > 1)
      throw mistake{place_of(mark), "'" + excerpt(tag) + "' is a tag of YAML: leave it out"};
  }

  /// Before values are copied: an alias of aliases stands for more than memory holds.
  void count(std::size_t more, place at) {
    values_ += more;
    if (values_ > max_values)
      throw mistake{at, "there are more than " + std::to_string(max_values) + " values"};
  }

  void open(node_kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (levels_.size() >= max_depth)
      throw mistake{place_of(mark), "nested more than " + std::to_string(max_depth) + " deep"};
    levels_.push_back({{.kind = kind, .at = place_of(mark)}, {}, {}, anchor, values_});
  }

  void close() {
    auto done = std::move(levels_.back());
    levels_.pop_back();
    if (done.anchor != 0)
      anchors_[done.anchor] = {done.value, values_ - done.before + 1};
    count(1, done.value.at);
    add(std::move(done.value));
  }

  /// A value without values of its own.
  void finish(node value, YAML::anchor_t anchor) {
    count(1, value.at);
    if (anchor != 0)
      anchors_[anchor] = {value, 1};
    add(std::move(value));
  }

  void add(node value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return;
    }
    auto& into = levels_.back();
    if (into.value.kind == node_kind::map && !into.key)
      return take_key(into, std::move(value));
    if (into.key) {
      value.key = std::move(into.key->text);
      value.key_at = into.key->at;
      into.key.reset();
    }
    into.value.items.push_back(std::move(value));
  }

  static void take_key(level& into, node key) {
    if (key.kind != node_kind::text)
      throw mistake{key.at, "this key is not a text"};
    if (!into.keys.insert(key.text).second)
      throw mistake{key.at, "the key '" + excerpt(key.text) + "' stands here a second time"};
    into.key = std::move(key);
  }

  node root_;
  std::vector<level> levels_;
  std::map<YAML::anchor_t, anchored> anchors_;
  std::size_t values_ = 0;
  bool has_document_ = false;
};

} // namespace

mistake::mistake(place at, const std::string& reason)
  : std::invalid_argument{at_place(at, reason)} {}

node read(std::string_view text) {
  if (text.size() > max_bytes)
    throw mistake{{}, "it has more than " + std::to_string(max_bytes) + " bytes"};
  std::istringstream input{std::string{text}};
  tree_builder builder;
  try {
    YAML::Parser parser{input};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& failure) {
    throw mistake{place_of(failure.mark), "not YAML: " + explained(failure.msg)};
  }
  return builder.take();
}

} // namespace gantry::yaml
