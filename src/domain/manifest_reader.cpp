#include "domain/manifest_reader.hpp"

#include "base/text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

#include <array>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

namespace gantry {

namespace json = boost::json;

error invalid_manifest(std::string_view why) {
  return fail(errc::manifest_invalid, why);
}

namespace {

using descriptors = std::vector<descriptor>;

std::string quote(std::string_view text) {
  return json::serialize(json::string_view{text.data(), text.size()});
}

/// A descriptor being parsed.
struct descriptor_draft {
  json_member<std::string> media_type{"mediaType", " must be a string"};
  json_member<std::string> target{"digest", " must be a string"};
  /// image-spec defines it as an int64.
  json_member<std::int64_t> size{"size", " must be a non-negative integer"};

  result<descriptor> finish() {
    auto type = media_type.take();
    if (!type)
      return std::move(type).error();
    if (type->empty())
      return invalid_manifest("mediaType is missing");
    const auto text = target.take();
    if (!text)
      return text.error();
    const auto parsed = digest::parse(*text);
    if (!parsed)
      return invalid_manifest(text->empty() ? "digest is missing"
                                            : "malformed digest " + excerpt(*text));
    if (size.value.value_or(-1) < 0)
      return invalid_manifest("size must be a non-negative integer");
    return descriptor{std::move(*type), *parsed, static_cast<std::uint64_t>(*size.value)};
  }
};

/// The member whose value comes next; null if it is skipped.
using target =
  std::variant<std::monostate, json_member<std::string>*, json_member<std::int64_t>*,
               json_member<descriptor>*, json_member<descriptors>*, json_member<annotations_text>*>;

} // namespace

class manifest_reader::members_reader final : public json_events {
public:
  members_reader() = default;
  members_reader(const members_reader&) = delete;
  members_reader& operator=(const members_reader&) = delete;

  bool is_object() const noexcept { return is_object_; }
  manifest_members& members() noexcept { return members_; }

  void on_begin(json_container kind) override {
    if (skipped_ > 0 || !enter(kind))
      ++skipped_;
  }

  void on_end(json_container) override {
    if (skipped_ > 0)
      --skipped_;
    else
      leave();
  }

  void on_member(std::string_view name) override {
    if (skipped_ > 0)
      return;
    if (place_ == place::annotations)
      annotation_ = name;
    else
      select(name, place_ == place::document ? std::span<const target>{of_document_}
                                             : std::span<const target>{of_descriptor_});
  }

  void on_scalar(const json_scalar& value) override {
    if (skipped_ > 0)
      return;
    if (place_ == place::list)
      refuse_element(invalid_manifest("must be an object"));
    else if (place_ == place::annotations)
      add_annotation(value);
    else
      std::visit([&](auto into) { read(into, value); }, target_);
  }

private:
  /// The container being parsed.
  enum class place : std::uint8_t { outside, document, descriptor, list, annotations };

  void select(std::string_view name, std::span<const target> known) {
    const auto take_if_named = [&](auto member) {
      if constexpr (!std::is_same_v<decltype(member), std::monostate>) {
        if (member->name == name) {
          member->is_written = true;
          target_ = member;
        }
      }
    };
    target_ = std::monostate{};
    for (const auto& candidate : known)
      std::visit(take_if_named, candidate);
  }

  void read(std::monostate, const json_scalar&) {}

  template <class T>
  void read(json_member<T>* into, const json_scalar& value) {
    if (std::holds_alternative<std::monostate>(value))
      return;
    if constexpr (std::is_same_v<T, std::string>) {
      if (const auto* text = std::get_if<std::string_view>(&value))
        return static_cast<void>(into->value.emplace(*text));
    }
    if constexpr (std::is_same_v<T, std::int64_t>) {
      if (const auto* number = std::get_if<std::int64_t>(&value))
        return static_cast<void>(into->value.emplace(*number));
    }
    refuse(*into);
  }

  template <class T>
  void refuse(json_member<T>& into) {
    into.fault = invalid_manifest(std::string{into.name} + std::string{into.complaint});
  }

  /// False if the container is skipped.
  bool enter(json_container kind) {
    switch (place_) {
    case place::outside:
      is_object_ = kind == json_container::object;
      place_ = is_object_ ? place::document : place::outside;
      return is_object_;
    case place::document:
    case place::descriptor:
      return std::visit([&](auto into) { return begin(into, kind); }, target_);
    case place::list: return begin_element(kind);
    case place::annotations: add_annotation(std::monostate{}); return false;
    }
    return false;
  }

  void leave() {
    if (place_ == place::descriptor)
      return end_descriptor();
    if (place_ == place::list)
      std::exchange(list_, nullptr)->value->shrink_to_fit();
    else if (place_ == place::annotations && !members_.annotations.value->text.empty())
      members_.annotations.value->text += '}';
    place_ = place_ == place::document ? place::outside : place::document;
  }

  bool begin(std::monostate, json_container) { return false; }

  template <class T>
  bool begin(json_member<T>* into, json_container kind) {
    constexpr bool is_list = std::is_same_v<T, descriptors>;
    constexpr bool is_scalar = std::is_same_v<T, std::string> || std::is_same_v<T, std::int64_t>;
    if (is_scalar || is_list != (kind == json_container::array)) {
      refuse(*into);
      return false;
    }
    if constexpr (is_list) {
      into->value.emplace();
      list_ = into;
      place_ = place::list;
    } else if constexpr (std::is_same_v<T, descriptor>) {
      described_ = into;
      begin_descriptor();
    } else if constexpr (std::is_same_v<T, annotations_text>) {
      into->value.emplace();
      place_ = place::annotations;
    }
    return true;
  }

  void begin_descriptor() {
    draft_ = {};
    place_ = place::descriptor;
  }

  void end_descriptor() {
    auto made = draft_.finish();
    place_ = list_ == nullptr ? place::document : place::list;
    if (list_ != nullptr && made)
      list_->value->push_back(std::move(*made));
    else if (list_ != nullptr)
      refuse_element(made.error());
    else if (made)
      described_->value = std::move(*made);
    else
      described_->fault =
        invalid_manifest(std::string{described_->name} + ": " + made.error().detail);
  }

  bool begin_element(json_container kind) {
    if (list_->fault)
      return false;
    if (kind == json_container::object)
      begin_descriptor();
    else
      refuse_element(invalid_manifest("must be an object"));
    return kind == json_container::object;
  }

  /// Records the first fault of a list; the rest is skipped.
  void refuse_element(const error& why) {
    if (list_->fault)
      return;
    list_->fault = invalid_manifest(std::string{list_->name} + '[' +
                                    std::to_string(list_->value->size()) + "]: " + why.detail);
    list_->value->clear();
    list_->value->shrink_to_fit();
  }

  void add_annotation(const json_scalar& value) {
    auto& into = members_.annotations;
    if (into.fault)
      return;
    auto& map = into.value->text;
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      map += map.empty() ? '{' : ',';
      map.append(quote(annotation_)).append(1, ':').append(quote(*text));
      return;
    }
    into.fault = invalid_manifest("annotations must have strings as values");
    map = {};
  }

  manifest_members members_;
  descriptor_draft draft_;
  const std::array<target, 9> of_document_{
    &members_.media_type, &members_.artifact_type, &members_.schema_version,
    &members_.config,     &members_.subject,       &members_.layers,
    &members_.blobs,      &members_.manifests,     &members_.annotations};
  const std::array<target, 3> of_descriptor_{&draft_.media_type, &draft_.target, &draft_.size};
  target target_;
  place place_ = place::outside;
  bool is_object_ = false;
  /// Open skipped containers.
  std::size_t skipped_ = 0;
  /// The list being parsed; null outside lists.
  json_member<descriptors>* list_ = nullptr;
  /// The destination of a descriptor outside lists.
  json_member<descriptor>* described_ = nullptr;
  std::string annotation_;
};

manifest_reader::manifest_reader(std::size_t max_depth)
  : members_{std::make_unique<members_reader>()}, reader_{max_depth, *members_} {}

manifest_reader::manifest_reader(manifest_reader&&) noexcept = default;
manifest_reader& manifest_reader::operator=(manifest_reader&&) noexcept = default;
manifest_reader::~manifest_reader() = default;

void manifest_reader::write(std::string_view piece) {
  reader_.write(piece);
}

result<manifest_members> manifest_reader::finish() {
  if (auto read = reader_.finish(); !read)
    return std::move(read).error();
  if (!members_->is_object())
    return invalid_manifest("not a JSON object");
  return std::move(members_->members());
}

} // namespace gantry
