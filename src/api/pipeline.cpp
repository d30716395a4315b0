#include "api/pipeline.hpp"

#include "api/authorisation.hpp"
#include "api/claims.hpp"
#include "api/error_table.hpp"
#include "api/fault_effects.hpp"
#include "api/imitation.hpp"
#include "api/login.hpp"
#include "api/mode.hpp"
#include "api/operations.hpp"
#include "api/origin_guard.hpp"
#include "api/proxies.hpp"
#include "api/rate_limits.hpp"
#include "api/replay_answer.hpp"
#include "api/request_parser.hpp"
#include "api/trace_observer.hpp"
#include "api/watch_feed.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

namespace gantry::api {

namespace {

/// A request on its way through the stages.
struct progress {
  exchange& ex;
  /// Set by `parse`; absent if a recorded session answers a request that names no operation.
  std::optional<api_request> asked;
};

/// Returns a response if the request ends here.
using stage = std::optional<response> (*)(progress&);

std::optional<response> check_origin(progress& at) {
  const auto refused = refuse_by_origin(at.ex.head, *at.ex.settings);
  return refused ? std::optional{make_error_response(*refused)} : std::nullopt;
}

std::optional<response> parse(progress& at) {
  const auto& settings = *at.ex.settings;
  const bool lenient = settings.validation.manifest == validation_policy::manifests::accept;
  const parse_options known{.lenient = lenient,
                            .prefix = settings.prefix,
                            .steers =
                              may_steer(client_name(at.ex), at.ex.peer.relayed(), settings)};
  auto parsed = parse_request(at.ex.head.method(), at.ex.head.target(), known);
  if (!parsed && is_replayed(at.ex))
    return std::nullopt;
  if (!parsed)
    return make_error_response(parsed.error().why, parsed.error().allow);
  at.asked = std::move(*parsed);
  at.ex.asked = &operation_of(*at.asked);
  return std::nullopt;
}

std::optional<response> inject_fault(progress& at) {
  return at.asked ? strike(at.ex, *at.asked) : std::nullopt;
}

std::optional<response> check_mode(progress& at) {
  if (is_replayed(at.ex)) // as recorded, whatever the mode
    return std::nullopt;
  const auto& asked = operation_of(*at.asked);
  const auto& settings = *at.ex.settings;
  if (const auto refused = refuse_by_mode(asked, settings))
    return make_error_response(fail(*refused), methods_in_mode(asked.where, settings));
  return std::nullopt;
}

std::optional<response> count_address(progress& at) {
  return limit_address(at.ex);
}

std::optional<response> count_user(progress& at) {
  return limit_user(at.ex);
}

const api_request* asked_by(const progress& at) {
  return at.asked ? &*at.asked : nullptr;
}

std::optional<response> check_rights(progress& at) {
  return authorise(at.ex, asked_by(at));
}

/// Each comment gives the reason for the place of a stage. Between the two lists the client logs
/// in, which may wait.
constexpr stage before_login[] = {
  // First, because a page of another origin must not even learn which paths exist.
  check_origin,
  // Names the operation: no later stage reads the target. For a client that may not steer, what
  // steers the registry is no route: no method, member or mode can tell that it exists.
  parse,
  // Needs the operation, and hits before anything is decided.
  inject_fault,
  // Before the login, because a guess costs a hash.
  count_address,
};

constexpr stage after_login[] = {
  // Before anything is looked up for that user.
  count_user,
  // So that nothing depends on the content, or reveals a mode, for those who may not ask.
  check_rights,
  // Last, because a client that may not push need not learn of a mode.
  check_mode,
};

/// The response of the first stage that has one.
template <std::size_t Count>
std::optional<response> run(const stage (&stages)[Count], progress& at) {
  for (const auto each : stages)
    if (auto early = each(at))
      return early;
  return std::nullopt;
}

void gather(request_facts& facts, const progress& at) {
  std::string_view where;
  facts.client = at.ex.client;
  if (at.asked) {
    facts.asked = &operation_of(*at.asked);
    facts.repository = repository_of(*at.asked);
    facts.reference = content_named_by(*at.asked);
    where = facts.asked->where.text();
  }
  // A path that is no route must be decoded again.
  facts.controls = where.empty() ? is_control(at.ex.head.target(), at.ex.settings->prefix)
                                 : is_control_path(where);
  if (at.ex.fault)
    facts.fault = at.ex.fault->what->name.empty() ? "unnamed" : at.ex.fault->what->name;
}

/// Facts that need no memory: those of the operation. Null without one.
std::shared_ptr<const void> bare_facts(const operation* asked) {
  static const auto known = [] {
    std::array<request_facts, std::tuple_size_v<decltype(operation_table)>> all;
    std::ranges::transform(operations(), all.begin(),
                           [](const operation& each) { return request_facts{.asked = &each}; });
    return all;
  }();
  if (!asked)
    return nullptr;
  const auto row = asked - operations().data();
  return {std::shared_ptr<void>{}, &known[static_cast<std::size_t>(row)]}; // it owns nothing
}

answer at_once(response reply) {
  co_return reply;
}

answer hand_over(exchange& ex, api_request asked) {
  return std::visit(
    [&ex](auto&& request) { return handle(ex, std::forward<decltype(request)>(request)); },
    std::move(asked));
}

/// What follows the login.
answer go_on(progress& at) {
  if (auto early = run(after_login, at))
    return at_once(std::move(*early));
  if (is_replayed(at.ex))
    return replay(at.ex);
  if (at.ex.settings->profile)
    return imitate(at.ex, std::move(*at.asked), hand_over);
  return hand_over(at.ex, std::move(*at.asked));
}

answer go_on_after(progress at, unchecked said) {
  auto refused = co_await finish_login(at.ex, asked_by(at), std::move(said));
  if (refused)
    co_return std::move(*refused);
  co_return co_await go_on(at);
}

/// The login waits only if it must: each coroutine is a cost for every request.
answer log_in_first(progress& at) {
  auto begun = begin_login(at.ex, asked_by(at));
  if (begun.unchecked)
    return go_on_after(std::move(at), std::move(*begun.unchecked));
  return begun.refusal ? at_once(std::move(*begun.refusal)) : go_on(at);
}

} // namespace

pipeline::pipeline(context& server, std::vector<std::unique_ptr<observer>> observers)
  : server_{server}, observers_{std::move(observers)} {}

boost::asio::awaitable<response> pipeline::answer_to(exchange& ex, request_facts* facts) {
  progress at{ex, std::nullopt};
  auto early = run(before_login, at);
  if (early && !at.asked) // a flood of nonsense is a flood, too
    if (auto limited = limit_address(at.ex))
      early = std::move(limited);
  if (facts)
    gather(*facts, at);
  if (early)
    return at_once(std::move(*early));
  if (needs_login(ex, at.asked ? &operation_of(*at.asked) : nullptr))
    return log_in_first(at);
  return go_on(at);
}

boost::asio::awaitable<response> pipeline::answer(http::request& asked) {
  begin();
  exchange ex{server_, asked};
  look_behind_proxies(ex);
  const auto facts = begin_facts(ex);
  unanswered_request unanswered{facts.get(), ex.head};
  auto reply = co_await answer_to(ex, facts.get());
  if (facts) {
    facts->user = ex.who().user;
    facts->refused_user = std::move(ex.refused_user);
  }
  if (ex.fault)
    apply_fault(ex, reply);
  if (needs_claim(ex, reply)) {
    const auto bytes = size_in_memory(reply);
    const auto& share = ex.server.bytes.texts(bytes);
    byte_claim claim{share};
    if (claim.try_grow(std::min(bytes, share->limit()))) {
      hold_answer(ex, reply, *share, std::move(claim));
    } else if (ex.head.method() == "GET") { // others took effect, and their answers are short
      reply = {};
      reply = co_await answer_again(ex, bytes);
    }
  }
  reply.context = facts ? facts : bare_facts(ex.asked);
  complete(reply, &ex.head, *ex.settings);
  unanswered.settle();
  co_return reply;
}

/// Null if no observer wants any.
std::shared_ptr<request_facts> pipeline::begin_facts(exchange& ex) const {
  if (!wants_facts())
    return nullptr;
  auto facts = std::make_shared<request_facts>();
  facts->trace = begin_trace(server_.tracer, ex.head);
  ex.span = facts->trace.recorded;
  return facts;
}

/// Makes a response again once there are bytes in flight for it. The first one was dropped, so
/// nothing is held without a claim.
boost::asio::awaitable<response> pipeline::answer_again(exchange& ex, std::uint64_t bytes) {
  const auto& share = ex.server.bytes.texts(bytes);
  auto granted = co_await claim_bytes(ex, share, bytes);
  if (!granted)
    co_return make_error_response(granted.error());
  ex.is_repeated = true;
  auto reply = co_await answer_to(ex, nullptr);
  if (ex.fault)
    apply_fault(ex, reply);
  if (size_in_memory(reply) > 2 * bytes)
    co_return make_error_response(fail(errc::overloaded, no_bytes_in_time));
  hold_answer(ex, reply, *share, std::move(*granted));
  co_return reply;
}

response pipeline::refused(const http::refusal& why) {
  begin();
  auto reply = make_error_response(to_error(why));
  complete(reply, nullptr, *server_.settings.take());
  return reply;
}

response pipeline::failed(const http::request_head& head) {
  auto reply = make_error_response(fail(errc::internal));
  complete(reply, &head, *server_.settings.take());
  return reply;
}

void pipeline::finished(const http::finished_exchange& what) {
  static const request_facts nothing;
  const auto* facts = static_cast<const request_facts*>(what.context);
  for (const auto& each : observers_)
    if (each->is_enabled())
      each->finished({what, facts ? *facts : nothing});
}

void pipeline::drain() {
  server_.draining = true;
  if (server_.watches)
    server_.watches->end_streams();
}

void pipeline::begin() noexcept {
  for (const auto& each : observers_)
    if (each->is_enabled())
      each->begun();
}

bool pipeline::wants_facts() const noexcept {
  return std::ranges::any_of(
    observers_, [](const auto& each) { return each->is_enabled() && each->wants_facts(); });
}

/// Adds the fields that every response of the registry carries.
void pipeline::complete(response& reply, const http::request_head* head, const options& settings) {
  reply.set("Docker-Distribution-Api-Version", "registry/2.0");
  append_cors_fields(reply.fields, head, settings);
  for (const auto& [name, value] : settings.headers)
    reply.set(name, value);
}

} // namespace gantry::api
