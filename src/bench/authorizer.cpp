#include "bench/authorizer.hpp"

#include "bench/challenge.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace gantry::bench {

namespace {

/// A repository of which more was wanted than that starts over: a question has its limits.
constexpr std::size_t max_scopes = 16;

/// Adds those that are not there yet. True if there were any.
bool add_scopes(std::vector<std::string>& known, std::string_view wanted) {
  const auto before = known.size();
  while (!wanted.empty()) {
    const auto end = std::min(wanted.find(' '), wanted.size());
    const auto scope = wanted.substr(0, end);
    if (!scope.empty() && std::ranges::find(known, scope) == known.end())
      known.emplace_back(scope);
    wanted.remove_prefix(std::min(end + 1, wanted.size()));
  }
  return known.size() != before;
}

} // namespace

authorizer::authorizer(asio::io_context& context, access_rules how, std::string prefix,
                       std::chrono::milliseconds timeout, recorder& entries)
  : how_{std::move(how)},
    prefix_{std::move(prefix)},
    entries_{entries},
    connection_{context, how_.realm.server, timeout},
    basic_{how_.who ? basic_authorization(*how_.who) : std::string{}},
    fetched_{context, steady_clock::time_point::max()} {}

asio::awaitable<std::string> authorizer::authorize(std::string_view target) {
  if (how_.how == access_rules::scheme::basic)
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
  if (how_.how != access_rules::scheme::bearer)
    return false;
  const auto& repository = repository_of(target);
  auto& known = grant_of(repository);
  // Somebody else may have got a new token since.
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
  if (target.starts_with(prefix_))
    last_repository_ = repository_in(target, prefix_);
  return last_repository_;
}

authorizer::grant& authorizer::grant_of(const std::string& repository) {
  const auto [found, is_new] = grants_.try_emplace(repository);
  if (is_new && !repository.empty())
    found->second.scopes.push_back("repository:" + repository + ":pull,push");
  return found->second;
}

asio::awaitable<void> authorizer::fetch(const std::string& repository) {
  const auto target = token_target(how_.realm, grant_of(repository).scopes);
  request get{boost::beast::http::verb::get, target};
  get.authorization = basic_;
  response answer;
  error_code ec;
  const auto begun = steady_clock::now();
  co_await connection_.exchange(get, body_use::keep, answer, ec);
  const auto handed_out = ec || answer.status != 200 ? std::nullopt : read_token(answer.body);
  if (ec)
    fault_ = name_of(ec);
  else if (answer.status != 200)
    fault_ = "status_" + std::to_string(answer.status);
  else
    fault_ = handed_out ? "" : "no_token";
  entries_.enter(operation::token, begun, fault_);
  if (!handed_out)
    co_return;
  auto& known = grant_of(repository);
  known.authorization = "Bearer " + handed_out->token;
  // A tenth of its time is left for requests on their way.
  known.use_until = begun + handed_out->lifetime * 9 / 10;
}

} // namespace gantry::bench
