// The tool that pushes an image of texts.
#include "api/call.hpp"
#include "api/tools/arguments.hpp"
#include "api/tools/tools.hpp"
#include "base/text.hpp"
#include "domain/image_manifest.hpp"
#include "domain/manifest.hpp"

#include <boost/json/array.hpp>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::api::tools {

namespace json = boost::json;

namespace {

struct image {
  std::string repository;
  std::string tag = "latest";
  std::vector<std::string> layers{"a layer\n"};
  new_image parts = {};
};

void read_layers(members& from, std::vector<std::string>& into) {
  from.read("layers", [&](const json::value& found) {
    const auto* list = found.if_array();
    if (!list)
      return from.refuse("layers", "expected an array of texts");
    into.clear();
    for (const auto& each : *list) {
      const auto* text = each.if_string();
      if (!text)
        return from.refuse("layers", "expected an array of texts");
      into.emplace_back(text->data(), text->size());
    }
  });
}

void read_annotations(members& from, new_image& into) {
  from.read("annotations", [&](const json::value& found) {
    const auto* list = found.if_object();
    if (!list)
      return from.refuse("annotations", "expected an object whose members are texts");
    for (const auto& each : *list) {
      const auto* text = each.value().if_string();
      if (!text)
        return from.refuse("annotations", "expected an object whose members are texts");
      into.annotations.emplace_back(std::string{each.key()}, std::string{*text});
    }
  });
}

result<image> read_image(const json::object& arguments) {
  image asked;
  auto read = read_arguments(arguments, [&](members& from) {
    from.text("repository", asked.repository);
    from.text("tag", asked.tag);
    read_layers(from, asked.layers);
    read_annotations(from, asked.parts);
  });
  if (!read)
    return std::move(read).error();
  for (const auto& layer : asked.layers)
    asked.parts.layers.push_back({std::string{tar_layer}, digest::of(layer), layer.size()});
  return asked;
}

msg::chunk copy(std::string_view bytes) {
  auto storage = std::make_shared<std::byte[]>(bytes.size());
  std::memcpy(storage.get(), bytes.data(), bytes.size());
  return {std::move(storage), bytes.size()};
}

/// Uploads a blob. Errors: those of start_upload and finish_upload.
boost::asio::awaitable<result<void>> put_blob(exchange& ex, const repository_name& name,
                                              std::string_view bytes) {
  msg::start_upload start{digest_algorithm::sha256, false};
  const auto upload = co_await call_repository(ex, name, start, absent_repository::create);
  if (!upload)
    co_return upload.error();
  msg::finish_upload finish{digest::of(bytes)};
  if (!bytes.empty())
    finish.last = msg::add_chunk{{std::nullopt, bytes.size(), true}, copy(bytes)};
  auto published = co_await call(ex, upload->session, std::move(finish));
  if (published)
    co_return result<void>{};
  const auto ignored = co_await call(ex, upload->session, msg::cancel_upload{});
  co_return std::move(published).error();
}

} // namespace

outcome push_image(exchange& ex, const json::object& arguments) {
  const auto asked = read_image(arguments);
  if (!asked)
    co_return asked.error();
  const auto name = parse_repository(asked->repository);
  if (!name)
    co_return name.error();
  auto tagged = tag::parse(asked->tag);
  if (!tagged)
    co_return tagged.error();
  const auto texts = render_image(asked->parts);
  const auto type = media_type::parse(media_types::oci_manifest);
  auto parsed = manifest::parse(texts.manifest, *type);
  if (!parsed)
    co_return std::move(parsed).error();
  auto uploaded = co_await put_blob(ex, *name, texts.config);
  for (std::size_t i = 0; uploaded && i < asked->layers.size(); ++i)
    uploaded = co_await put_blob(ex, *name, asked->layers[i]);
  if (!uploaded)
    co_return std::move(uploaded).error();
  const auto value = std::make_shared<const manifest>(std::move(*parsed));
  msg::put_manifest put{value, {*tagged}, changer_of(ex)};
  const auto stored =
    co_await call_repository(ex, *name, std::move(put), absent_repository::create);
  if (!stored)
    co_return stored.error();
  co_return json::object{{"repository", name->to_string()},
                         {"tag", tagged->to_string()},
                         {"digest", value->id().to_string()},
                         {"manifest", texts.manifest}};
}

} // namespace gantry::api::tools
