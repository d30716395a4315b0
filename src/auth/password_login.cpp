#include "auth/password_login.hpp"

#include "auth/bcrypt.hpp"
#include "telemetry/log.hpp"

#include <utility>
#include <vector>

namespace gantry::auth {

namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 1s;
/// Bytes: some 100,000 users.
constexpr std::size_t max_file = 8 * 1024 * 1024;

/// No user has a longer name; the rest of one would only take memory.
constexpr std::size_t longest_name = 255;

std::string key_of(std::string_view user, std::string_view address) {
  std::string key{address};
  return key.append(1, '\n').append(user.substr(0, longest_name));
}

} // namespace

password_login::password_login(std::filesystem::path file, std::string realm,
                               std::function<clock::time_point()> now)
  : challenge_{basic_challenge(realm)}, now_{std::move(now)}, file_{std::move(file), max_file} {}

password_login::~password_login() = default;

void password_login::reread() {
  if (!file_.has_changed())
    return;
  const auto text = file_.read();
  users_ = std::make_shared<const htpasswd>(htpasswd::parse(text.value_or("")));
  verified_.clear();
  failures_.clear();
  const auto name = file_.path().string();
  if (!text)
    return telemetry::log().warn("auth: {} cannot be read, so no user can log in", name);
  for (const auto& line : users_->complaints())
    telemetry::log().warn("auth: {}: {}", name, line);
}

std::shared_ptr<const htpasswd> password_login::users() {
  const auto now = now_();
  const lock_guard lock{mutex_};
  if (now >= look_at_) {
    reread();
    look_at_ = now + look_interval;
  }
  return users_;
}

std::optional<outcome> password_login::decide(const credentials& who, std::string_view address) {
  const auto now = now_();
  if (users()->is_empty())
    return outcome{verdict::refused};
  if (verified_.knows(who, now))
    return outcome{verdict::accepted};
  const auto wait = failures_.wait_of(key_of(who.user, address), now);
  if (wait > 0s)
    return outcome{verdict::delayed, wait};
  if (waiting_ >= max_waiting)
    return outcome{verdict::delayed, 1s};
  return std::nullopt;
}

/// An anonymous client has no password.
std::optional<std::string> password_login::proof_of(std::string_view user) {
  if (user.empty())
    return "anonymous";
  const auto known = users();
  const auto* hash = known->find(user);
  return hash ? std::optional{*hash} : std::nullopt;
}

std::string password_login::token_for(std::string_view user) {
  return tokens_.issue(user, proof_of(user).value_or(""), now_());
}

std::optional<std::string> password_login::user_of(std::string_view token) {
  const auto proof = [this](std::string_view user) { return proof_of(user); };
  return tokens_.user_of(token, proof, now_());
}

void password_login::check(credentials who, std::string address, completion done) {
  ++waiting_;
  workers_.submit(
    [this, who = std::move(who), address = std::move(address), done = std::move(done)] {
      const auto found = verify(who, address);
      --waiting_;
      done(found);
    });
}

outcome password_login::verify(const credentials& who, const std::string& address) {
  const auto now = now_();
  const auto known = users();
  const auto* hash = known->find(who.user);
  const bool is_right = matches(who.password, hash ? *hash : known->decoy()) && hash;
  const auto key = key_of(who.user, address);
  const lock_guard lock{mutex_};
  if (users_ !=
      known) // the file has changed meanwhile; what it says now, the next request finds out
    return {is_right ? verdict::accepted : verdict::refused};
  if (is_right) {
    verified_.remember(who, now);
    failures_.forgive(key);
  } else {
    failures_.add(key, now);
  }
  return {is_right ? verdict::accepted : verdict::refused};
}

} // namespace gantry::auth
