#include "auth/login.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gantry::auth {

namespace {

/// User names that say: the password is a token. docker's, and those of other registries.
constexpr std::array<std::string_view, 3> token_users{"<token>", "_token", "oauth2accesstoken"};

bool is_token_user(std::string_view user) noexcept {
  return std::ranges::find(token_users, user) != token_users.end();
}

identity_ptr share(identity found) {
  return std::make_shared<const identity>(std::move(found));
}

} // namespace

login::login(ways in, std::unique_ptr<key_ring> keys, login_options options,
             std::function<clock::time_point()> now)
  : in_{std::move(in)},
    keys_{std::move(keys)},
    sealed_{*keys_},
    options_{std::move(options)},
    challenge_{basic_challenge(options_.realm)},
    now_{std::move(now)} {}

bool login::is_statement(std::string_view token) const {
  return in_.issuers && trusted_issuers::could_be_token(token);
}

/// Absent for a password, and for a token that must be verified first.
std::optional<outcome> login::decide_in_place_of_password(const credentials& who) {
  const bool is_nameless = is_token_user(who.user);
  if (in_.personal && who.password.starts_with(personal_prefix)) {
    auto found = find_personal(who.password);
    if (found.found && !is_nameless && found.found->who.user != who.user)
      return outcome{};
    return found;
  }
  if (!is_nameless)
    return std::nullopt;
  if (is_statement(who.password))
    return decide_token(who.password);
  const auto now = now_();
  auto known = open(who.password, now);
  return known ? to_outcome(share(std::move(known->is)), known->end - now) : outcome{};
}

outcome login::find_personal(std::string_view token) {
  auto owner = in_.personal->find(token);
  const auto lasts = owner ? owner->by.end - now_() : clock::duration{};
  return to_outcome(std::move(owner), lasts);
}

std::uint64_t login::generation() {
  return (in_.passwords ? in_.passwords->generation() : 0) +
         (in_.personal ? in_.personal->generation() : 0) +
         (in_.issuers ? in_.issuers->generation() : 0);
}

std::optional<outcome> login::decide(const credentials& who, std::string_view address) {
  if (auto decided = decide_in_place_of_password(who))
    return decided;
  if (is_token_user(who.user))
    return std::nullopt;
  return in_.passwords ? in_.passwords->decide(who, address) : outcome{};
}

void login::check(credentials who, std::string address, completion done) {
  if (is_token_user(who.user))
    return check_token(std::move(who.password), std::move(done));
  in_.passwords->check(std::move(who), std::move(address), std::move(done));
}

/// Whether what a token rests on still holds.
bool login::holds(const identity& owner, clock::time_point now) {
  const auto& by = owner.by;
  switch (by.of) {
  case proof::kind::none: return true;
  case proof::kind::password: return in_.passwords && in_.passwords->holds(owner.who.user, by.text);
  case proof::kind::personal_token: return in_.personal && in_.personal->counts(by.text);
  case proof::kind::statement: return now < by.end;
  }
  return false;
}

std::optional<sealed_token> login::open(std::string_view token, clock::time_point now) {
  auto content = sealed_.open(token, now);
  return content && holds(content->is, now) ? std::move(content) : std::nullopt;
}

std::optional<outcome> login::decide_token(std::string_view token) {
  const auto now = now_();
  const auto of = generation(); // first: a change from here on ends what is found
  if (auto known = verified_.find(token, of, now))
    return to_outcome(std::move(known->owner), known->until - now);
  if (is_statement(token))
    return std::nullopt;
  if (!token.starts_with(sealed_tokens::prefix))
    return in_.personal ? find_personal(token) : outcome{};
  auto content = open(token, now);
  if (!content || content->use != token_use::access)
    return outcome{};
  auto owner = share(std::move(content->is));
  verified_.remember(token, {owner, content->end, of});
  return to_outcome(std::move(owner), content->end - now);
}

void login::check_token(std::string token, completion done) {
  auto text = token;
  in_.issuers->check(std::move(text), [this, token = std::move(token), of = generation(),
                                       done = std::move(done)](outcome found) {
    if (found.is == verdict::accepted)
      verified_.remember(token, {found.found, found.found->by.end, of});
    done(std::move(found));
  });
}

identity_ptr login::refresh_owner_of(std::string_view token) {
  auto content = open(token, now_());
  return content && content->use == token_use::refresh ? share(std::move(content->is)) : nullptr;
}

std::optional<token_grant> login::grant(const identity& to, std::optional<std::string_view> scopes,
                                        bool with_refresh) {
  using policy::grant_list;
  token_grant made;
  made.made = now_();
  const auto seal = [&](token_use use, identity is, std::chrono::seconds lifetime) {
    const auto end = std::min(made.made + lifetime, is.by.end);
    made.lifetime = std::chrono::duration_cast<std::chrono::seconds>(end - made.made);
    return sealed_.seal({use, std::move(is), end});
  };
  // A statement's own end comes soon, and an anonymous client needs none.
  if (with_refresh &&
      (to.by.of == proof::kind::password || to.by.of == proof::kind::personal_token))
    made.refresh = seal(token_use::refresh, to, refresh_lifetime).value_or("");
  auto limited = to;
  if (scopes)
    limited.who.limits.push_back(
      std::make_shared<const grant_list>(grant_list::read(*scopes, grant_list::names::exact)));
  auto access = seal(token_use::access, std::move(limited), access_lifetime);
  if (!access)
    return std::nullopt;
  made.access = std::move(*access);
  return made;
}

} // namespace gantry::auth
