// Tools for content: lists, manifests and the reset.
#include "api/call.hpp"
#include "api/content_reset.hpp"
#include "api/tools/arguments.hpp"
#include "api/tools/tools.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "domain/paging.hpp"
#include "domain/reference.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <utility>

namespace gantry::api::tools {

namespace json = boost::json;

namespace {

constexpr std::size_t usual_page = 100;
constexpr std::size_t longest_page = 1000;

/// What a tool for content is asked for.
struct wanted {
  std::string repository;
  std::string reference = "latest";
  page_request page;
};

void read_page(members& from, page_request& into) {
  std::uint64_t limit = usual_page;
  from.number("n", limit, 1, longest_page);
  into.limit = limit;
  from.text("last", into.last);
}

template <class T>
void show(json::object& text, std::string_view name, const page<T>& found) {
  json::array names;
  for (const auto& each : found.items)
    names.emplace_back(each.to_string());
  text[name] = std::move(names);
  text["more"] = found.more;
}

} // namespace

outcome list_repositories(exchange& ex, const json::object& arguments) {
  wanted asked;
  const auto read = read_arguments(arguments, [&](members& from) { read_page(from, asked.page); });
  if (!read)
    co_return read.error();
  msg::list_repositories list{std::move(asked.page)};
  const auto found = co_await call(ex, ex.server.services.directory.get(), std::move(list));
  if (!found)
    co_return found.error();
  json::object text;
  show(text, "repositories", found->names);
  co_return text;
}

outcome list_tags(exchange& ex, const json::object& arguments) {
  wanted asked;
  const auto read = read_arguments(arguments, [&](members& from) {
    from.text("repository", asked.repository);
    read_page(from, asked.page);
  });
  if (!read)
    co_return read.error();
  const auto name = parse_repository(asked.repository);
  if (!name)
    co_return name.error();
  msg::list_tags list{std::move(asked.page)};
  const auto found = co_await call_repository(ex, *name, std::move(list));
  if (!found)
    co_return found.error();
  json::object text{{"repository", name->to_string()}};
  show(text, "tags", found->tags);
  co_return text;
}

outcome read_manifest(exchange& ex, const json::object& arguments) {
  wanted asked;
  const auto read = read_arguments(arguments, [&](members& from) {
    from.text("repository", asked.repository);
    from.text("reference", asked.reference);
  });
  if (!read)
    co_return read.error();
  const auto name = parse_repository(asked.repository);
  if (!name)
    co_return name.error();
  const auto reference = parse_reference(asked.reference);
  if (!reference)
    co_return fail(errc::request_invalid, "reference: expected a tag or a digest, such as latest");
  msg::get_manifest open{*reference, false};
  const auto found = co_await call_repository(ex, *name, std::move(open));
  if (!found)
    co_return found.error();
  const auto& value = *found->value;
  const auto bytes = value.bytes();
  co_return json::object{{"repository", name->to_string()},
                         {"digest", value.id().to_string()},
                         {"media_type", value.type().to_string()},
                         {"size", bytes.size()},
                         // A lenient registry may have stored any bytes.
                         {"manifest", is_utf8(bytes) ? std::string{bytes} : to_ascii(bytes)}};
}

outcome reset(exchange& ex, const json::object& arguments) {
  const auto read = read_no_arguments(arguments);
  if (!read)
    co_return read.error();
  const auto done = co_await reset_content(ex, {});
  if (!done)
    co_return done.error();
  co_return json::object{{"ok", true}};
}

} // namespace gantry::api::tools
