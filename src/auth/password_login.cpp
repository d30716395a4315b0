#include "auth/password_login.hpp"

#include "auth/bcrypt.hpp"
#include "domain/digest.hpp"
#include "telemetry/log.hpp"

#include <utility>
#include <vector>

namespace gantry::auth {

namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 1s;
/// Bytes: some 100,000 users.
constexpr std::size_t max_file = 8 * 1024 * 1024;

/// Of the hash of a password: shorter, and reveals nothing of it.
std::string proof_of(std::string_view hash) {
  return digest::of(hash).hex().substr(0, 32);
}

/// No user has a longer name; the rest of one would only take memory.
constexpr std::size_t longest_name = 255;

std::string key_of(std::string_view user, std::string_view address) {
  std::string key{address};
  return key.append(1, '\n').append(user.substr(0, longest_name));
}

} // namespace

password_login::password_login(std::filesystem::path file, std::function<clock::time_point()> now)
  : now_{std::move(now)}, file_{std::move(file), max_file} {}

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
  const auto known = users();
  if (known->is_empty())
    return outcome{verdict::refused};
  if (verified_.knows(who, now))
    return accept(who.user, *known);
  const auto wait = failures_.wait_of(key_of(who.user, address), now);
  if (wait > 0s)
    return outcome{verdict::delayed, wait};
  if (waiting_ >= max_waiting)
    return outcome{verdict::delayed, 1s};
  return std::nullopt;
}

outcome password_login::accept(std::string user, const htpasswd& known) {
  const auto* const hash = known.find(user);
  outcome made{verdict::accepted};
  made.found.by = {.of = proof::kind::password, .text = proof_of(hash ? *hash : "")};
  made.found.who = policy::subject::user_named(std::move(user));
  return made;
}

bool password_login::holds(std::string_view user, std::string_view proof) {
  const auto known = users();
  const auto* const hash = known->find(user);
  return hash && proof == proof_of(*hash);
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
    return is_right ? accept(who.user, *known) : outcome{};
  if (is_right) {
    verified_.remember(who, now);
    failures_.forgive(key);
  } else {
    failures_.add(key, now);
  }
  return is_right ? accept(who.user, *known) : outcome{};
}

} // namespace gantry::auth
