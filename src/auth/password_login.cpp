#include "auth/password_login.hpp"

#include "auth/bcrypt.hpp"
#include "telemetry/log.hpp"

#include <utility>
#include <vector>

namespace gantry::auth {

namespace {

using namespace std::chrono_literals;

/// Bytes: some 100,000 users.
constexpr std::size_t max_user_file = 8 * 1024 * 1024;

/// No user has a longer name; the rest of one would only take memory.
constexpr std::size_t longest_name = 255;

identity_ptr identity_of(const std::string& user, const htpasswd::entry& known) {
  return std::make_shared<const identity>(
    identity{.who = policy::subject::user_named(user),
             .by = {.of = proof::kind::password, .text = known.proof}});
}

std::string key_of(std::string_view user, std::string_view address) {
  std::string key{address};
  return key.append(1, '\n').append(user.substr(0, longest_name));
}

} // namespace

password_login::password_login(std::filesystem::path file, std::function<clock::time_point()> now)
  : now_{std::move(now)},
    file_{std::move(file), max_user_file},
    users_{std::make_shared<const htpasswd>()},
    looks_{look_interval, now_() - look_interval} { // the file may come before the first login
  const lock_guard lock{mutex_};
  reread();
}

password_login::~password_login() = default;

void password_login::reread() {
  if (!file_.has_changed())
    return;
  const auto text = file_.read();
  const auto read = std::make_shared<const htpasswd>(htpasswd::parse(text.value_or("")));
  users_.replace(read);
  verified_.clear();
  failures_.clear();
  ++generation_; // after the change: who reads it before sees the former users
  const auto name = file_.path().string();
  if (!text)
    return telemetry::log().warn("auth: {} cannot be read, so no user can log in", name);
  for (const auto& line : read->complaints())
    telemetry::log().warn("auth: {}: {}", name, line);
}

void password_login::look_if_due() {
  if (looks_.take_turn(now_())) {
    const lock_guard lock{mutex_};
    reread();
  }
}

std::shared_ptr<const htpasswd> password_login::users() {
  look_if_due();
  return users_.take();
}

std::uint64_t password_login::generation() {
  look_if_due();
  return generation_;
}

std::optional<outcome> password_login::decide(const credentials& who, std::string_view address) {
  const auto now = now_();
  const auto all = users();
  if (all->is_empty())
    return outcome{verdict::refused};
  const auto known = verified_.fingerprint_of(who);
  if (auto right = verified_.find(known, now))
    return to_outcome(std::move(right->owner), right->until - now);
  const auto wait = failures_.wait_of(key_of(who.user, address), now);
  if (wait > 0s)
    return outcome{verdict::delayed, wait};
  const lock_guard lock{mutex_};
  if (checks_.size() >= max_waiting && !checks_.contains(known))
    return outcome{verdict::delayed, 1s};
  return std::nullopt;
}

bool password_login::holds(std::string_view user, std::string_view proof) {
  const auto known = users();
  const auto* const entry = known->find(user);
  return entry && proof == entry->proof;
}

void password_login::check(credentials who, std::string address, completion done) {
  const auto known = verified_.fingerprint_of(who);
  {
    const lock_guard lock{mutex_};
    auto& waiting = checks_[known];
    waiting.push_back({std::move(address), std::move(done)});
    if (waiting.size() > 1)
      return;
  }
  workers_.submit([this, who = std::move(who), known] { verify(who, known); });
}

void password_login::verify(const credentials& who, const fingerprint& known) {
  const auto now = now_();
  const auto all = users();
  const auto* const entry = all->find(who.user);
  ++hashed_;
  const bool is_right = matches(who.password, entry ? entry->hash : all->decoy()) && entry;
  const auto owner = is_right ? identity_of(who.user, *entry) : nullptr;
  std::vector<waiter> waiting;
  {
    const lock_guard lock{mutex_};
    waiting = std::move(checks_.extract(known).mapped());
    // If the file has changed meanwhile, the next request finds out what it says now.
    if (users_.take() == all) {
      if (is_right)
        verified_.remember(known, owner, now);
      for (const auto& each : waiting) {
        const auto key = key_of(who.user, each.address);
        is_right ? failures_.forgive(key) : failures_.add(key, now);
      }
    }
  }
  for (const auto& each : waiting)
    each.done(to_outcome(owner));
}

} // namespace gantry::auth
