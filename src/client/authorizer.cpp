#include "client/authorizer.hpp"

#include "base/text.hpp"
#include "client/challenge.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace gantry::client {

namespace {

/// A grant that would need more scopes starts over, so that the token request stays short.
constexpr std::size_t max_scopes = 16;

/// Adds the scopes that are missing. Returns true if there were any.
bool add_scopes(std::vector<std::string>& known, std::string_view wanted) {
  const auto before = known.size();
  for (const auto scope : split(wanted, ' '))
    if (std::ranges::find(known, scope) == known.end())
      known.emplace_back(scope);
  return known.size() != before;
}

} // namespace

authorizer::authorizer(asio::io_context& context, access_rules rules, registry_targets targets,
                       const connection_settings& settings)
  : rules_{std::move(rules)},
    targets_{std::move(targets)},
    connection_{context, rules_.realm.server, settings},
    basic_{rules_.who && rules_.who->identity_token.empty() ? basic_authorization(*rules_.who)
                                                            : std::string{}},
    fetched_{context, steady_clock::time_point::max()} {}

asio::awaitable<std::string> authorizer::authorize(std::string_view target) {
  if (rules_.how == access_rules::scheme::basic)
    co_return basic_;
  const auto repository = repository_of(target);
  while (fetching_) {
    error_code ignored;
    co_await fetched_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  auto& known = grant_of(repository);
  if (known.authorization.empty() || steady_clock::now() >= known.use_until) {
    fetching_ = true;
    known.authorization.clear();
    co_await fetch(repository);
    fetching_ = false;
    fetched_.cancel();
  }
  co_return known.authorization;
}

bool authorizer::refused(std::string_view target, std::string_view authorization,
                         std::string_view challenges) {
  if (rules_.how != access_rules::scheme::bearer)
    return false;
  const auto& repository = repository_of(target);
  auto& known = grant_of(repository);
  // Another request may have renewed the token meanwhile.
  if (known.authorization == authorization)
    known.authorization.clear();
  for (const auto& each : parse_challenges(challenges)) {
    const auto wanted = each.scheme == "bearer" ? each.parameter("scope") : std::string_view{};
    if (!add_scopes(known.scopes, wanted))
      continue;
    known.authorization.clear();
    if (known.scopes.size() > max_scopes) {
      known.scopes.resize(repository.empty() ? 0 : 1);
      add_scopes(known.scopes, wanted);
    }
  }
  return true;
}

const std::string& authorizer::repository_of(std::string_view target) {
  if (target.starts_with(targets_.root()))
    last_repository_ = targets_.repository_in(target);
  return last_repository_;
}

authorizer::grant& authorizer::grant_of(const std::string& repository) {
  const auto [found, is_new] = grants_.try_emplace(repository);
  if (is_new && !repository.empty())
    found->second.scopes.push_back("repository:" + repository + ":pull,push");
  return found->second;
}

asio::awaitable<void> authorizer::fetch(const std::string& repository) {
  const auto& scopes = grant_of(repository).scopes;
  const bool by_form = rules_.who && !rules_.who->identity_token.empty();
  const auto target = token_target(rules_.realm, by_form ? std::vector<std::string>{} : scopes);
  const auto form = by_form ? token_form(rules_.realm, scopes, *rules_.who) : std::string{};
  request wanted{boost::beast::http::verb::get, target};
  wanted.authorization = basic_;
  if (by_form) {
    wanted.method = boost::beast::http::verb::post;
    wanted.content_type = "application/x-www-form-urlencoded";
    wanted.body = payload{form};
  }
  response answer;
  error_code ec;
  co_await connection_.exchange(wanted, body_use::keep, answer, ec);
  const auto issued = ec || answer.status != 200 ? std::nullopt : read_token(answer.body);
  if (ec)
    fault_ = name_of(ec);
  else if (answer.status != 200)
    fault_ = "status_" + std::to_string(answer.status);
  else
    fault_ = issued ? "" : "no_token";
  if (observer_)
    observer_(connection_.begun(), fault_);
  if (!issued)
    co_return;
  auto& known = grant_of(repository);
  known.authorization = "Bearer " + issued->token;
  // The last tenth is left for requests that are in progress when it expires.
  known.use_until = connection_.begun() + issued->lifetime * 9 / 10;
}

} // namespace gantry::client
