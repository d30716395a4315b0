#include "auth/personal_tokens.hpp"

#include "telemetry/log.hpp"

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace gantry::auth {

namespace {

/// Bytes: some 30,000 tokens.
constexpr std::size_t max_token_file = 8 * 1024 * 1024;

/// Stands for the hash of a token that does not exist.
constexpr std::array<std::uint8_t, 32> no_secret{};

} // namespace

personal_tokens::personal_tokens(std::filesystem::path file, std::function<clock::time_point()> now,
                                 std::function<wall_clock::time_point()> today)
  : now_{std::move(now)},
    today_{std::move(today)},
    file_{std::move(file), max_token_file},
    entries_{std::make_shared<const entries>()},
    looks_{look_interval, now_()} {
  const lock_guard lock{mutex_};
  look();
}

personal_tokens::entry personal_tokens::make_entry(personal_token known) {
  identity owner;
  owner.who = policy::subject::user_named(known.user);
  if (!known.scopes.empty())
    owner.who.limits.push_back(std::make_shared<const policy::grant_list>(
      policy::grant_list::read(known.scopes, policy::grant_list::names::patterns)));
  owner.by = {.of = proof::kind::personal_token,
              .text = known.id,
              .end = known.end.value_or(wall_clock::time_point::max())};
  return {std::move(known), std::move(owner)};
}

void personal_tokens::look() {
  if (!file_.has_changed())
    return;
  const auto text = file_.read();
  const auto name = file_.path().string();
  if (!text)
    telemetry::log().warn("auth: {} cannot be read, so no personal token counts", name);
  auto read = read_personal_tokens(text.value_or(""));
  for (const auto& line : read.complaints)
    telemetry::log().warn("auth: {}: {}", name, line);
  auto next = std::make_shared<entries>();
  for (auto& each : read.tokens) {
    auto id = each.id;
    next->emplace(std::move(id), make_entry(std::move(each)));
  }
  entries_.replace(std::move(next));
  ++generation_; // after the change: who reads it before sees the former tokens
}

void personal_tokens::look_if_due() {
  if (looks_.take_turn(now_())) {
    const lock_guard lock{mutex_};
    look();
  }
}

std::shared_ptr<const personal_tokens::entries> personal_tokens::take() {
  look_if_due();
  return entries_.take();
}

std::uint64_t personal_tokens::generation() {
  look_if_due();
  return generation_;
}

const personal_tokens::entry* personal_tokens::find_valid(const entries& all,
                                                          std::string_view id) const {
  const auto found = all.find(id);
  if (found == all.end() || today_() >= found->second.owner.by.end)
    return nullptr;
  return &found->second;
}

identity_ptr personal_tokens::find(std::string_view token) {
  const auto asked = read_personal_text(token);
  if (!asked)
    return nullptr;
  const auto all = take();
  const auto* const found = find_valid(*all, asked->id);
  const auto known = found ? found->known.secret.bytes() : std::span<const std::uint8_t>{no_secret};
  const bool is_right =
    ::CRYPTO_memcmp(known.data(), asked->secret.bytes().data(), known.size()) == 0;
  return found && is_right ? identity_ptr{all, &found->owner} : nullptr;
}

bool personal_tokens::counts(std::string_view id) {
  const auto all = take();
  return find_valid(*all, id) != nullptr;
}

} // namespace gantry::auth
