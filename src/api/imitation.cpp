#include "api/imitation.hpp"

#include "api/error_table.hpp"
#include "api/existing_content.hpp"
#include "api/placeholders.hpp"
#include "api/proxies.hpp"
#include "api/responses.hpp"
#include "base/text.hpp"
#include "profiles/profile.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gantry::api {

namespace {

using boost::asio::awaitable;
using profiles::complaint;
using refusal = std::optional<response>;

/// What the placeholders of a message stand for.
struct subjects {
  std::string_view name;
  std::string_view prefix = {};
  std::string_view tag = {};
};

response make_complaint(const complaint& error, const subjects& about) {
  std::string message{error.message};
  fill_in(message, "{name}", about.name);
  fill_in(message, "{prefix}", about.prefix);
  fill_in(message, "{tag}", about.tag);
  return make_json(error.status, render(error.code, message));
}

bool is_about_content(const operation& asked) {
  switch (asked.needs) {
  case scope::none:
  case scope::login:
  case scope::token:
  case scope::form:
  case scope::metrics:
  case scope::admin: return false;
  case scope::pull:
  case scope::push:
  case scope::remove:
  case scope::catalog: return true;
  }
  return false;
}

/// The largest list that a profile shows on one page.
constexpr std::size_t longest_list = 100'000;

/// The page that a list asks for; null if the request is no list of names.
page_query* page_of(api_request& asked) {
  return std::visit(
    [](auto& request) -> page_query* {
      if constexpr (requires { request.page; })
        return &request.page;
      else
        return nullptr;
    },
    asked);
}

/// One request on its way through the rules of a profile.
class imitation {
public:
  imitation(exchange& ex, api_request& asked)
    : ex_{ex}, asked_{asked}, operation_{operation_of(asked)}, name_{repository_of(asked)} {}

  /// A response if the request ends here. May change the request.
  awaitable<refusal> before() {
    for (const auto& each : ex_.settings->profile->deviations) {
      auto refused = std::visit([this](const auto& rule) { return check(rule); }, each.does);
      if (!refused)
        refused =
          co_await std::visit([this](const auto& rule) { return look_up(rule); }, each.does);
      if (refused)
        co_return std::move(refused);
    }
    co_return std::nullopt;
  }

  void after(response& reply) const {
    for (const auto& each : ex_.settings->profile->deviations)
      std::visit([&](const auto& rule) { change(rule, reply); }, each.does);
  }

private:
  bool is(std::string_view operation) const { return operation_.name == operation; }
  bool pushes() const { return operation_.does == effect::writes; }

  /// Rules that need no other part of the registry.
  template <class Rule>
  refusal check(const Rule&) {
    return std::nullopt;
  }

  refusal check(const profiles::refused& rule) {
    if (is(rule.operation) && applies(rule.which))
      return make_complaint(rule.error, {name_});
    return std::nullopt;
  }

  refusal check(const profiles::name_depth& rule) {
    if (pushes() && profiles::leading(name_, rule.components - 1).empty())
      return make_complaint(rule.error, {name_});
    return std::nullopt;
  }

  refusal check(const profiles::whole_list& rule) {
    auto* page = is(rule.operation) ? page_of(asked_) : nullptr;
    if (page && !(rule.unless_n && page->n))
      *page = {.n = {}, .last = {}, .others = {}, .whole = longest_list};
    return std::nullopt;
  }

  refusal check(const profiles::longest_page& rule) {
    const auto* page = is(rule.operation) ? page_of(asked_) : nullptr;
    if (page && page->n && whole_number(*page->n).value_or(0) > rule.most)
      return make_complaint(rule.error, {name_});
    return std::nullopt;
  }

  refusal check(const profiles::no_single_post&) {
    if (auto* post = std::get_if<start_upload>(&asked_))
      post->id.reset();
    return std::nullopt;
  }

  refusal check(const profiles::quota& rule) {
    const bool counts = is_counted(rule.requests);
    if (!counts && !(rule.shown && is("get_manifest")))
      return std::nullopt;
    const auto seen = take(rule, counts && !ex_.counted);
    if (rule.shown)
      standing_ = seen;
    if (!counts || seen.within)
      return std::nullopt;
    auto reply = make_complaint(rule.error, {name_});
    reply.set("Retry-After", std::to_string(seen.until_more.count()));
    return reply;
  }

  /// Rules that must ask the actors.
  template <class Rule>
  awaitable<refusal> look_up(const Rule&) {
    co_return std::nullopt;
  }

  awaitable<refusal> look_up(const profiles::existing_prefix& rule) {
    if (!pushes())
      co_return std::nullopt;
    const auto prefix = profiles::leading(name_, rule.components);
    const auto& known = ex_.settings->known_repositories;
    if (!prefix.empty() && (known.match(name_) || known.match(prefix)))
      co_return std::nullopt;
    if (!prefix.empty()) {
      const auto found = co_await exists(ex_, prefix, rule.components > 0);
      if (!found)
        co_return make_error_response(found.error());
      if (*found)
        co_return std::nullopt;
    }
    co_return make_complaint(rule.error, {name_, prefix.empty() ? name_ : prefix});
  }

  awaitable<refusal> look_up(const profiles::tags_hold_manifests& rule) {
    const auto* removal = std::get_if<delete_manifest>(&asked_);
    const auto* id = removal ? std::get_if<digest>(&removal->name) : nullptr;
    if (!id)
      co_return std::nullopt;
    const auto holder = co_await find_tag(ex_, removal->repository, *id);
    if (holder.empty())
      co_return std::nullopt;
    co_return make_complaint(rule.error, {name_, {}, holder});
  }

  template <class Rule>
  void change(const Rule&, response&) const {}

  void change(const profiles::no_digest_header&, response& reply) const {
    if (is("get_manifest") && ex_.head.method() == "GET")
      reply.take("Docker-Content-Digest");
  }

  void change(const profiles::other_status& rule, response& reply) const {
    if (is(rule.operation) && reply.status / 100 == 2)
      reply.status = rule.status;
  }

  void change(const profiles::quota& rule, response& reply) const {
    if (!rule.shown || !standing_)
      return;
    const auto window = ";w=" + std::to_string(rule.window.count());
    reply.set("ratelimit-limit", std::to_string(rule.limit) + window);
    reply.set("ratelimit-remaining", std::to_string(standing_->remaining) + window);
    reply.set("docker-ratelimit-source", client());
  }

  bool applies(profiles::condition which) const {
    using field = http::request_head::field;
    switch (which) {
    case profiles::condition::by_tag: {
      const auto* removal = std::get_if<delete_manifest>(&asked_);
      return removal && std::holds_alternative<tag>(removal->name);
    }
    case profiles::condition::docker_type:
      return ex_.head.find(field::content_type).value_or("").starts_with("application/vnd.docker.");
    case profiles::condition::later_chunk: {
      const auto range = ex_.head.find(field::content_range);
      return range && !range->starts_with("0-");
    }
    }
    return false;
  }

  bool is_counted(profiles::counted which) const {
    switch (which) {
    case profiles::counted::manifest_gets: return is("get_manifest") && ex_.head.method() == "GET";
    case profiles::counted::manifest_puts: return is("put_manifest");
    case profiles::counted::writes: return pushes() || operation_.does == effect::deletes;
    case profiles::counted::all: return true;
    }
    return false;
  }

  profiles::quota_counter::account take(const profiles::quota& rule, bool counts) {
    auto key = std::to_string(static_cast<int>(rule.requests));
    if (rule.per_client)
      key += " " + client();
    return ex_.server.quotas.take(key, rule.limit, rule.window, ex_.server.services.now(), counts);
  }

  std::string client() const { return client_address(ex_); }

  exchange& ex_;
  api_request& asked_;
  const operation& operation_;
  const std::string name_;
  /// Of the quota that is shown.
  std::optional<profiles::quota_counter::account> standing_;
};

} // namespace

answer imitate(exchange& ex, api_request asked, answer (*hand_over)(exchange&, api_request)) {
  if (!is_about_content(operation_of(asked)))
    co_return co_await hand_over(ex, std::move(asked));
  imitation rules{ex, asked};
  auto reply = co_await rules.before();
  ex.counted = true;
  if (!reply)
    reply = co_await hand_over(ex, asked);
  rules.after(*reply);
  co_return std::move(*reply);
}

} // namespace gantry::api
