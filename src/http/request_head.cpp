#include "http/request_head.hpp"

#include "base/text.hpp"
#include "http/authority.hpp"
#include "http/target.hpp"

#include <boost/beast/core/string.hpp>

#include <iterator>

namespace gantry::http {

namespace beast = boost::beast;

std::size_t request_head::place_of(field name) noexcept {
  // Beast numbers the names that it knows.
  static constexpr auto places = [] {
    std::array<std::uint8_t, 512> made{};
    made.fill(indexed.size());
    for (std::size_t i = 0; i < indexed.size(); ++i)
      made.at(static_cast<std::size_t>(indexed[i])) = static_cast<std::uint8_t>(i);
    return made;
  }();
  const auto number = static_cast<std::size_t>(name);
  return number < places.size() ? places[number] : indexed.size();
}

request_head::request_head(const message& parsed) : line_{&parsed}, fields_{&parsed} {
  for (const auto& each : parsed) {
    const auto place = place_of(each.name());
    if (place == indexed.size())
      continue;
    if (first_[place])
      repeated_.set(place);
    else
      first_[place] = &each;
  }
}

unsigned request_head::count(field name) const noexcept {
  const auto place = place_of(name);
  if (!first_[place])
    return 0;
  return repeated_.test(place) ? 2 : 1;
}

result<request_head> request_head::of(const request_parser& parser) {
  request_head head{parser.get()};
  if (auto judged = head.judge(); !judged)
    return std::move(judged).error();
  return head;
}

result<request_head> request_head::below(const request_parser& line) const {
  auto head = *this;
  head.line_ = &line.get();
  if (auto judged = head.judge_target(); !judged)
    return std::move(judged).error();
  return head;
}

std::optional<std::string_view> request_head::find(field name) const {
  if (const auto place = place_of(name); place < indexed.size())
    return first_[place] ? std::optional{to_view(first_[place]->value())} : std::nullopt;
  auto position = fields_->find(name);
  return position == fields_->end() ? std::nullopt : std::optional{to_view(position->value())};
}

std::optional<std::string_view> request_head::find(std::string_view name) const {
  auto position = fields_->find(beast::string_view{name.data(), name.size()});
  return position == fields_->end() ? std::nullopt : std::optional{to_view(position->value())};
}

std::optional<std::string_view> request_head::find_only(std::string_view name) const {
  const auto found = fields_->equal_range(beast::string_view{name.data(), name.size()});
  if (found.first == found.second || std::next(found.first) != found.second)
    return std::nullopt;
  return to_view(found.first->value());
}

std::string request_head::find_list(std::string_view name) const {
  std::string list;
  visit_fields([&](std::string_view each, std::string_view value) {
    if (beast::iequals(each, name))
      list.append(list.empty() ? "" : ",").append(value);
  });
  return list;
}

result<void> request_head::judge() {
  if (auto framed = judge_framing(); !framed)
    return framed;
  if (auto hosted = judge_host(); !hosted)
    return hosted;
  if (count(field::origin) > 1)
    return refuse(refusal_code::malformed, "more than one Origin");
  if (auto expectation = find(field::expect)) {
    if (!beast::iequals(*expectation, "100-continue"))
      return refuse(refusal_code::malformed, "unknown expectation");
    expects_continue_ = !is_http_1_0();
  }
  const auto coding = find(field::content_encoding);
  if (has_body() && coding && !coding->empty() && !beast::iequals(*coding, "identity"))
    return refuse(refusal_code::content_encoding_unsupported, *coding);
  return {};
}

/// RFC 9112, 3.2 and 3.2.2.
result<void> request_head::judge_host() const {
  const auto hosts = count(field::host);
  if (hosts > 1 || (hosts == 0 && !is_http_1_0()))
    return refuse(refusal_code::malformed, "HTTP/1.1 needs exactly one Host");
  if (const auto host = find(field::host); host && !is_authority(*host))
    return refuse(refusal_code::malformed, "Host is not a host with an optional port");
  return judge_target();
}

result<void> request_head::judge_target() const {
  const auto named = authority_of(target());
  if (named && (named->empty() || named->front() == ':' || !is_authority(*named)))
    return refuse(refusal_code::malformed, "the target names no host");
  return {};
}

result<void> request_head::judge_framing() {
  const auto lengths = count(field::content_length);
  const auto codings = count(field::transfer_encoding);
  if (lengths > 1 || codings > 1 || (lengths > 0 && codings > 0))
    return refuse(refusal_code::malformed, "ambiguous length of the body");
  if (codings > 0) {
    if (is_http_1_0() || !beast::iequals(*find(field::transfer_encoding), "chunked"))
      return refuse(refusal_code::malformed, "the only supported transfer coding is chunked");
    chunked_ = true;
  }
  if (lengths > 0) {
    content_length_ = whole_number(*find(field::content_length));
    if (!content_length_)
      return refuse(refusal_code::malformed, "Content-Length is not a number");
  }
  return {};
}

} // namespace gantry::http
