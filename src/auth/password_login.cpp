#include "auth/password_login.hpp"

#include "auth/bcrypt.hpp"
#include "telemetry/log.hpp"

#include <fstream>
#include <ios>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace gantry::auth {

namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 1s;
/// Bytes: some 100,000 users.
constexpr std::size_t max_file = 8 * 1024 * 1024;

/// Absent if the file cannot be read, or is too long.
std::optional<std::string> read_text(const std::filesystem::path& file) {
  std::ifstream input{file, std::ios::binary};
  std::string text(max_file + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  if (!input.is_open() || input.bad() || text.size() > max_file)
    return std::nullopt;
  return text;
}

std::string key_of(std::string_view user, std::string_view address) {
  std::string key{address};
  return key.append(1, '\n').append(user);
}

} // namespace

password_login::password_login(std::filesystem::path file, std::string realm,
                               std::function<clock::time_point()> now)
  : file_{std::move(file)}, challenge_{basic_challenge(realm)}, now_{std::move(now)} {}

password_login::~password_login() = default;

std::optional<password_login::stamp> password_login::stamp_now() const {
  struct stat seen {};
  if (::stat(file_.c_str(), &seen) != 0)
    return std::nullopt;
  return stamp{static_cast<std::int64_t>(seen.st_mtim.tv_sec) * 1'000'000'000 +
                 seen.st_mtim.tv_nsec,
               seen.st_ino, static_cast<std::uint64_t>(seen.st_size)};
}

void password_login::reread() {
  const auto now = stamp_now();
  if (now == read_ && users_)
    return;
  const auto text = now ? read_text(file_) : std::nullopt;
  read_ = text ? now : std::nullopt;
  users_ = std::make_shared<const htpasswd>(htpasswd::parse(text.value_or("")));
  verified_.clear();
  failures_.clear();
  if (!text)
    return telemetry::log().warn("auth: {} cannot be read, so no user can log in", file_.string());
  for (const auto& line : users_->complaints())
    telemetry::log().warn("auth: {}: {}", file_.string(), line);
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
